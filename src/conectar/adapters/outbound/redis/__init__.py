"""Redis: a queue, a wake-up call, copies for all processes. It never has the only copy of anything.

Whatever it does not answer in time is done without it; nothing waits for it to come back.
"""
