"""Reactions: what follows from an event, each a message executed once for it."""
