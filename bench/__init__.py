"""Benchmarks: one file a question, each against its limit. The method is in `bench/README.md`."""
