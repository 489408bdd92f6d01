"""Driving adapters: whoever asks something of the core."""
