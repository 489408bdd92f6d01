"""Levels: what a professional's points buy him."""
