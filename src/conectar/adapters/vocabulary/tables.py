"""Names of tables, as the product has always called them."""

TABLES = {
    "users": "usuarios",
    "professionals": "profesionales",
    "trades": "oficios",
    "sessions": "sesiones",
    "password_resets": "recuperaciones",
    "kyc_submissions": "kyc_envios",
    "offers": "ofertas",
    "jobs": "trabajos",
    "timeline": "historial",
    "checkouts": "payment_intents",
    "payments": "pagos",
    "refunds": "reembolsos",
    "movements": "transactions",
    "ledger_transactions": "asientos",
    "entries": "asiento_lineas",
    "balances": "saldos",
    "search_rows": "busqueda",
    "outbox": "eventos",
    "deliveries": "entregas",
    "idempotency_keys": "claves_idempotencia",
}
