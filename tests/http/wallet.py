"""Money that professionals can take out."""

from typing import Any

from tests.http.api import Api
from tests.http.person import Person, eventually, good

CBU = "2850590940090418135201"
OTHER_CBU = "0110599520000001235579"


def released(api: Api, client: Person, pro: Person, monto: Any = "1000") -> tuple[str, str]:
    """A job that is approved and whose payment the gateway made available: (job, payment)."""
    job, payment = api.approved(client, pro, monto)
    before = pro.seen("/payments/balance")["disponible"]
    api.sandbox("POST", f"/payments/{payment}", {"accion": "release"})
    good(pro.get(f"/payments/{payment}/status"))
    eventually(lambda: pro.seen("/payments/balance")["disponible"] > before)
    return job["id"], payment


def rich(api: Api, client: Person, account: str = "", monto: Any = "1000") -> Person:
    """A new professional with money to take, and perhaps an account to send it to."""
    pro = api.professional()
    if account:
        good(pro.put("/professional/me", {"payout_account": account}))
    released(api, client, pro, monto)
    return pro


def payouts_of(api: Api, pro: Person) -> list[dict[str, Any]]:
    """A professional's payouts as administrators see them, newest first."""
    rows = api.admin.seen("/admin/payouts", limit=100)
    return [row for row in rows if row["profesional_id"] == pro.id]
