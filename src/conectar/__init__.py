"""Conectar: a marketplace of trades whose money is held until the work is approved.

The inner rooms (`conectar.domain`, `conectar.application`) need nothing but Python. A program that
wants the whole thing opens it with `conectar.bootstrap.library.open_core`.
"""
