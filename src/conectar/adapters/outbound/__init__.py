"""Driven adapters: one folder a technology, none knows another."""
