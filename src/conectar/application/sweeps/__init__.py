"""Sweeps: the clock looks around, and each thing that is due gets its own message."""
