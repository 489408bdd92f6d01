"""Quarrels about a job, from the first word to the ruling."""
