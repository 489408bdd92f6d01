"""Time, chance and the wake-up call, from the operating system."""
