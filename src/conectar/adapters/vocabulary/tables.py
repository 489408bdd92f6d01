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
    "disputes": "disputes",
    "dispute_messages": "dispute_mensajes",
    "evidence": "dispute_evidencias",
    "reviews": "resenas",
    "point_grants": "puntos",
    "services": "servicios",
    "notices": "notifications",
    "preferences": "notification_preferences",
    "regrets": "arrepentimientos",
    "audit": "auditoria",
    "payouts": "retiros",
    "payout_batches": "lotes_de_retiros",
    "proposals": "propuestas",
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
    "turns": "turnos",
    "versions": "versiones",
}

SEARCHED = {"place": "plano", "reached": "cobertura", "grade": "nota", "band": "franja"}
"""What PostgreSQL works out of a row of search, for its indexes."""
STEPS = {"grade": "conectar_nota", "band": "conectar_franja"}
"""Its functions that say in which step a rating or a price is."""
POSTGRESQL_ONLY = frozenset(
    {
        *("transiciones", "spatial_ref_sys", *SEARCHED.values()),
        *(
            "ix_busqueda_cerca",
            "ix_busqueda_oficio_cerca",
            "ix_busqueda_nota",
            "ix_busqueda_franja",
        ),
    }
)
"""Tables, columns and indexes that PostgreSQL alone has."""
SQLITE_ONLY = frozenset({"ix_busqueda_place"})
"""And those that it has no use for."""
