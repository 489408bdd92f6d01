"""Accounts: getting in, staying in, getting out."""
