"""Every route, continued: disputes, reviews, services, notices, money out and leaving."""

from dataclasses import replace

from tests.http.api import PNG
from tests.http.person import eventually, good
from tests.http.reset import verify_token
from tests.http.scene import (
    ALL_WELL,
    PARTY,
    ROOM,
    SIGNED_IN,
    Make,
    Row,
    Scene,
    Sent,
    body,
    job,
    with_body,
)
from tests.http.wallet import CBU, rich

WORDS = "No quedó como lo pactado"
MADE = (401, 404, 404, 201)


def quarrel(s: Scene) -> Sent:
    """A dispute of Ana's."""
    paid, _ = s.api.paid(s.ana, s.beto)
    told = {"motivo": "OTRO", "descripcion": WORDS}
    made = good(s.ana.post(f"/trabajos/{paid['id']}/disputar", told))
    return Sent({"dispute_id": made["id"]})


def evidence(s: Scene) -> Sent:
    return replace(quarrel(s), more={"files": [("files", ("a.png", PNG, "image/png"))]})


def review(s: Scene) -> Sent:
    done, _ = s.api.done(s.ana, s.beto)
    return Sent(more={"json": {"trabajo_id": done["id"], "rating": 5, "texto": "Muy prolijo"}})


def reviewed(s: Scene) -> Sent:
    made = good(s.ana.post("/resenas", review(s).more["json"]))
    return Sent({"review_id": made["id"]}, {"json": {"texto": "Gracias"}})


def service_of(s: Scene) -> dict[str, object]:
    return {"nombre": "Destapar", "precio_fijo": "900", "oficio_id": s.api.trades()["Plomería"]}


def service(s: Scene) -> Sent:
    good(s.beto.put("/professional/me", {"acepta_instant": True}))
    made = good(s.beto.post("/profesional/servicios", service_of(s)))
    return Sent({"service_id": made["id"]})


def changed_service(s: Scene) -> Sent:
    return with_body(service(s), nombre="Destapar cloacas")


def told(s: Scene) -> Sent:
    """A notice to Ana."""
    rows = eventually(lambda: s.ana.seen("/notifications/history"))
    return Sent({"notice_id": rows[0]["id"]})


def verification(s: Scene) -> Sent:
    email = s.api.register("CLIENTE")["email"]
    return Sent(more={"json": {"token": verify_token(s.api, email)}})


def withdrawal(s: Scene) -> Sent:
    return Sent(more={"json": {"monto": "10"}}, by=rich(s.api, s.ana, CBU))


def leaving(s: Scene) -> Sent:
    """Three who leave for good."""
    return Sent(instead=(s.api.client(), s.api.applicant(), s.api.client()))


def of_beto(name: str) -> Make:
    return lambda s: Sent({name: s.beto.id})


PEOPLE = {
    "GET /disputas": Row("anyone", SIGNED_IN),
    "GET /disputas/{dispute_id}": Row("client", PARTY, quarrel),
    "GET /disputas/{dispute_id}/mensajes": Row("professional", PARTY, quarrel),
    "POST /disputas/{dispute_id}/mensajes": Row(
        "professional", MADE, lambda s: with_body(quarrel(s), mensaje="No es así")
    ),
    "POST /disputas/{dispute_id}/evidencias": Row("client", MADE, evidence),
    "POST /disputas/{dispute_id}/cancelar": Row("client", PARTY, quarrel),
    "POST /trabajos/{job_id}/disputar": Row(
        "professional", MADE, job("done", motivo="MONTO", descripcion=WORDS)
    ),
    "POST /resenas": Row("client", MADE, review),
    "GET /resenas/professional/{professional_id}": Row(
        "anyone", ALL_WELL, of_beto("professional_id")
    ),
    "POST /resenas/{review_id}/respuesta": Row("professional", MADE, reviewed),
    "GET /gamification/leaderboard": Row("anyone", ALL_WELL),
    "GET /gamification/user/{user_id}": Row("anyone", SIGNED_IN, of_beto("user_id")),
    "GET /professional/me/stats": Row("professional", ROOM),
    "GET /profesional/servicios": Row("professional", ROOM),
    "POST /profesional/servicios": Row(
        "professional", (401, 201, 403, 201), lambda s: Sent(more={"json": service_of(s)})
    ),
    "PUT /profesional/servicios/{service_id}": Row(
        "professional", (401, 404, 403, 200), changed_service
    ),
    "DELETE /profesional/servicios/{service_id}": Row(
        "professional", (401, 404, 403, 204), service
    ),
    "GET /servicios": Row("anyone", ALL_WELL),
    "POST /cliente/servicios/{service_id}/contratar": Row("client", (401, 201, 403, 201), service),
    "GET /notifications/preferences": Row("anyone", SIGNED_IN),
    "PUT /notifications/preferences": Row("anyone", SIGNED_IN, body(push_pagos=True)),
    "GET /notifications/history": Row("anyone", SIGNED_IN),
    "GET /notifications/stream": Row("anyone", SIGNED_IN),
    "PUT /notifications/{notice_id}/leer": Row("client", PARTY, told),
    "PUT /notifications/leer-todas": Row("anyone", SIGNED_IN),
    "POST /arrepentimiento": Row(
        "anyone", (202, 202, 202, 202), body(email="nadie@conectar.test", trabajo_id="nada")
    ),
    "POST /auth/verify-email": Row("anyone", ALL_WELL, verification),
    "POST /auth/verify-email/resend": Row("anyone", (401, 202, 202, 202)),
    "GET /payments/withdrawals": Row("professional", ROOM),
    "POST /payments/withdrawals": Row("professional", (401, 400, 403, 202), withdrawal),
    "GET /users/me/export": Row("anyone", SIGNED_IN),
    "DELETE /users/me": Row("anyone", (401, 204, 204, 204), leaving),
}
"""`METHOD /path` -> row."""
