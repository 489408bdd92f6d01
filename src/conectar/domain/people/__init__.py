"""Accounts, professionals and the proof of who they are."""
