"""Everything that touches a framework, a wire or a disk."""
