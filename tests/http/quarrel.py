"""Disputes, and how they begin and end."""

from typing import Any, NamedTuple

import httpx

from tests.http.api import Api
from tests.http.person import Person, good

WORDS = "No quedó como lo pactado"


class Quarrel(NamedTuple):
    """A dispute with what it is about."""

    job: str
    payment: str
    id: str


def open_dispute(who: Person, job: str, motivo: str = "OTRO") -> httpx.Response:
    return who.post(f"/trabajos/{job}/disputar", {"motivo": motivo, "descripcion": WORDS})


def disputed(
    api: Api, client: Person, pro: Person, monto: Any = "900", done: bool = False
) -> Quarrel:
    """A job that its client disputes."""
    job, payment = (api.done if done else api.paid)(client, pro, monto)
    told = good(open_dispute(client, job["id"]))
    return Quarrel(job["id"], payment, told["id"])


def resolve(admin: Person, dispute: str, decision: str, **more: Any) -> httpx.Response:
    body = {"decision": decision, "resolucion": "Se miró todo"} | more
    return admin.post(f"/admin/disputas/{dispute}/resolver", body)
