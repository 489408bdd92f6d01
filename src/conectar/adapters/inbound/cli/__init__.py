"""The command line: what it says, and the story it tells."""
