"""Money between a client, a professional, the gateway and the house."""
