"""Reads: one file a topic, with the query, its flat view, its reader port and its handler."""
