"""Work in the background: deliveries of events, and what the clock brings."""
