"""Paths that more than one room speaks of."""

API = "/api/v1"
WEBHOOK_PATH = f"{API}/webhook/mercadopago"
FILES_PATH = f"{API}/archivos"
