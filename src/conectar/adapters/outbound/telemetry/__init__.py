"""Logs: one line a message, and only what may be read by anybody."""
