"""Tests of the pure domain, written from the rules and not from the code."""
