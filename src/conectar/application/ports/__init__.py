"""What the application needs, one Protocol a need. Adapters implement them."""
