"""Benchmarks of the production profile, beside their limits and two peers. See README.md."""
