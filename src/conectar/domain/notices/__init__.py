"""Notices: what the house tells people, and how they want to be told."""
