"""MercadoPago's adapter in front of a server whose answers are prepared."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from conectar.adapters.outbound.mercadopago.gateway import MercadoPagoGateway
from conectar.domain.kernel.ids import PaymentId

from .support import Canned, http

TOKEN = "APP_USR-faults"
PAYMENT = PaymentId("77")
HTML = http(200, "<html>an entrance page</html>", "text/html")


def gateway_at(address: str, **more: Any) -> MercadoPagoGateway:
    settings: dict[str, Any] = {"connect_timeout_s": 1.0, "read_timeout_s": 0.5, **more}
    notices = "http://127.0.0.1:1/aviso"
    return MercadoPagoGateway(TOKEN, address, "42", notices, "http://127.0.0.1:1/ya", **settings)


@asynccontextmanager
async def canned(*answers: bytes) -> AsyncIterator[tuple[MercadoPagoGateway, Canned]]:
    server = Canned(*answers)
    async with server.running() as address:
        gateway = gateway_at(address)
        try:
            yield gateway, server
        finally:
            gateway.close()


def payment_json(**changes: Any) -> dict[str, Any]:
    return {
        "id": 77,
        "status": "approved",
        "status_detail": "accredited",
        "currency_id": "ARS",
        "transaction_amount": 100,
        "transaction_amount_refunded": 0,
        "collector_id": 42,
        "external_reference": "x",
        "date_approved": "2026-03-02T08:00:00.000-04:00",
        "date_last_updated": "2026-03-02T08:00:00.000-04:00",
        "money_release_date": None,
        "money_release_status": None,
        "fee_details": [],
        "charges_details": [],
        "refunds": [],
        **changes,
    }
