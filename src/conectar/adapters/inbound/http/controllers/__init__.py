"""Controllers: build a message, execute it, show the answer."""
