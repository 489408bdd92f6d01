"""The only place where English meets Spanish.

Names inside are English; people, tables and the wire speak Spanish. Every pair stands here once,
and what is missing fails at import, not in front of a client.
"""
