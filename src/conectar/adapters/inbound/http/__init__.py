"""The REST interface: Litestar controllers over the one door, Spanish on the wire."""
