"""Rate limits, on the `limits` package."""
