"""MercadoPago, through its official SDK."""
