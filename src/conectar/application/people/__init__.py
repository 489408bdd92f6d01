"""What professionals do with their profile, and the house with their proof of identity."""
