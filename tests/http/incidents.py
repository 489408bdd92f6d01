"""What the gateway does by itself with a payment."""

from typing import Any

from tests.http.api import Api
from tests.http.person import eventually


def does(api: Api, payment: str, accion: str, **more: Any) -> None:
    """One of `mediate`, `charge_back`, `settle`, `reimburse`, `refund`, `approve`, `release`."""
    api.sandbox("POST", f"/payments/{payment}", {"accion": accion} | more)
    api.admin.seen(f"/payments/{payment}/status")


def incident(api: Api, payment: str) -> dict[str, Any] | None:
    """The payment's row on the administrators' list."""
    rows = api.admin.seen("/admin/chargebacks", limit=100)
    return next((row for row in rows if row["mercadopago_payment_id"] == payment), None)


def listed(api: Api, payment: str) -> dict[str, Any]:
    return dict(eventually(lambda: incident(api, payment)))
