"""Providers, one file a concern; `bootstrap.profiles` picks them."""
