"""What can be done with Conectar, and what it needs from the world to do it (`ports`).

Standard library and `conectar.domain` only. One file, one use case: a message and its handler.
"""
