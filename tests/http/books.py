"""Our books and the gateway's own account of what really moved."""

import json
from decimal import Decimal
from typing import Any

from tests.http.api import Api
from tests.http.person import eventually


def books(api: Api) -> dict[str, str]:
    """Account -> balance, of a trial balance that balances."""
    text = api.admin.get("/admin/ledger/trial-balance").text
    told = json.loads(text, parse_float=str)
    assert told["cuadra"] is True, text
    return {line["cuenta"]: line["saldo"] for line in told["cuentas"]}


def at_gateway(api: Api) -> tuple[Decimal, Decimal]:
    """(what our books say is at the gateway, what the gateway has)."""
    ours = books(api)
    oracle = api.sandbox("GET", "/oracle")
    assert oracle["cuadra"], oracle["problemas"]
    names = ("gateway_unreleased", "gateway_available")
    mine = sum((Decimal(ours.get(name, "0")) for name in names), Decimal(0))
    return mine, Decimal(oracle["cuenta"]["saldo_total"])


def agreed(api: Api, parked: Decimal = Decimal(0)) -> None:
    """In the end our books and the gateway's agree to the cent, but for what is parked."""

    def check() -> bool:
        mine, theirs = at_gateway(api)
        assert mine + parked == theirs, (mine, parked, theirs)
        return True

    eventually(check)


def at_oracle(api: Api, payment: str) -> dict[str, Any]:
    """What really happened to a payment."""
    told = api.sandbox("GET", "/oracle")
    return next(one for one in told["pagos"] if one["payment_id"] == payment)


def refund_calls(api: Api, payment: str) -> list[dict[str, Any]]:
    """Every call that asked the gateway to give a payment back."""
    calls = api.sandbox("GET", "/oracle")["llamadas"]
    return [c for c in calls if c["metodo"] == "POST" and c["ruta"].endswith(f"{payment}/refunds")]


def intent_of(api: Api, payment: str) -> dict[str, Any]:
    """The only intent to give a payment back."""
    found = [
        one
        for one in api.admin.seen("/admin/intents", limit=100)
        if one["mercadopago_payment_id"] == payment
    ]
    assert len(found) == 1, found
    return dict(found[0])
