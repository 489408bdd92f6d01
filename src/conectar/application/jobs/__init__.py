"""Doing the work, from the paid job to its end."""
