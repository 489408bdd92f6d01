"""Money comes in, is held, is released, goes back."""
