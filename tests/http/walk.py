"""Every route: who it is for, what it needs to go well, and what each caller is told."""

from urllib.parse import urlparse

from tests.http.api import PASSWORD, kyc_files, kyc_form, offer_body
from tests.http.notices import signature_of
from tests.http.person import eventually, good
from tests.http.reset import reset_token
from tests.http.scene import (
    ALL_WELL,
    HOUSE,
    PARTY,
    ROOM,
    SIGNED_IN,
    Row,
    Scene,
    Sent,
    body,
    job,
    offer,
    with_body,
)
from tests.http.stored import quiet
from tests.http.walk_house import ADMIN
from tests.http.walk_people import PEOPLE

# -- what takes more than a line


def new_account(_: Scene) -> Sent:
    names = {"nombre": "A", "apellido": "B", "rol": "CLIENTE"}
    account = {"email": "recorrida@conectar.test", "password": PASSWORD}
    return Sent(more={"json": account | names})


def door(s: Scene) -> Sent:
    return Sent(more={"data": {"username": s.ana.email, "password": PASSWORD}})


def refresh(s: Scene) -> Sent:
    token = s.api.login(s.ana.email).refresh_token
    return Sent(more={"json": {"refresh_token": token}})


def reset(s: Scene) -> Sent:
    who = s.api.client()
    good(s.api.nobody.post("/auth/forgot-password", {"email": who.email}))
    told = {"token": reset_token(s.api, who.email), "new_password": "otra-clave-8"}
    return Sent(more={"json": told})


def session(s: Scene) -> Sent:
    rows = s.api.login(s.ana.email).seen("/auth/sessions")
    return Sent({"session_id": next(row["id"] for row in rows if row["actual"])})


def password(s: Scene) -> Sent:
    email = s.api.register("CLIENTE", password="la-suya-99")["email"]
    told = {"current_password": "la-suya-99", "new_password": "otra-clave-8"}
    return Sent(more={"json": told}, by=s.api.login(email, "la-suya-99"))


def own_trade(s: Scene) -> Sent:
    id = s.api.trades()["Pintura"]
    good(s.beto.post("/professional/oficios", {"oficio_id": id}))
    return Sent({"trade_id": id})


def documents(s: Scene) -> Sent:
    return Sent(more={"data": kyc_form(), "files": kyc_files()}, by=s.api.applicant())


def preference(s: Scene) -> Sent:
    return Sent(more={"json": {"trabajo_id": s.job("job").params["job_id"]}})


def payment(s: Scene) -> Sent:
    return Sent({"payment_id": s.api.paid(s.ana, s.beto)[1]})


def quote(s: Scene) -> Sent:
    return Sent(more={"params": {"monto": "100", "profesional_id": s.beto.id}})


def notice(s: Scene) -> Sent:
    return Sent(more={"params": {"data.id": "7"}}, signed={"headers": signature_of(s.api, "7")})


def settled_intent(s: Scene) -> Sent:
    """Nothing to decide: `test_refunds` has those that wait for a person."""
    job, _ = s.api.paid(s.ana, s.beto)
    good(s.beto.post(f"/trabajos/{job['id']}/cancelar"))
    s.api.until(s.ana, job, escrow_estado="REEMBOLSADO")
    quiet(s.api.server)  # its notice is in
    found = s.api.admin.seen("/admin/intents", limit=100)
    id = next(one["id"] for one in found if one["trabajo_id"] == job["id"])
    told = {"resultado": "reintentar", "motivo": "Otra vez"}
    return Sent({"refund_id": id}, {"json": told})


def private_file(s: Scene) -> Sent:
    who = s.applied().params["professional_id"]
    rows = eventually(lambda: s.api.admin.seen("/admin/kyc/pending", limit=100))
    url = next(row for row in rows if row["profesional_id"] == who)["documentos"][0]["url"]
    return Sent({"token": urlparse(url).path.rsplit("/", 1)[1]})


NEAR = {"latitude": -34.6, "longitude": -58.4}

V1 = {
    "POST /auth/register": Row("anyone", (201, 409, 409, 409), new_account),
    "POST /auth/login": Row("anyone", ALL_WELL, door),
    "POST /auth/refresh": Row("anyone", (200, 401, 401, 401), refresh),
    "POST /auth/forgot-password": Row("anyone", ALL_WELL, body(email="a@conectar.test")),
    "POST /auth/reset-password": Row("anyone", (200, 400, 400, 400), reset),
    "POST /auth/logout": Row("anyone", (401, 204, 204, 204), fresh=True),
    "GET /auth/sessions": Row("anyone", SIGNED_IN),
    "DELETE /auth/sessions/{session_id}": Row("client", (401, 404, 404, 204), session),
    "GET /users/me": Row("anyone", SIGNED_IN),
    "PUT /users/me": Row("anyone", SIGNED_IN, body(telefono="11 5555")),
    "POST /users/me/change-password": Row("client", (401, 400, 400, 200), password),
    "GET /professional/me": Row("professional", ROOM),
    "PUT /professional/me": Row("professional", ROOM, body(acepta_instant=True)),
    "GET /professional/oficios": Row("professional", ROOM),
    "POST /professional/oficios": Row(
        "professional",
        (401, 201, 403, 201),
        lambda s: Sent(more={"json": {"oficio_id": s.api.trades()["Gas"]}}),
    ),
    "DELETE /professional/oficios/{trade_id}": Row("professional", (401, 404, 403, 204), own_trade),
    "GET /professional/kyc/status": Row("professional", ROOM),
    "POST /professional/kyc/submit": Row("professional", (401, 400, 403, 202), documents),
    "GET /professional/ofertas": Row("professional", ROOM),
    "POST /professional/ofertas": Row(
        "professional",
        (401, 201, 403, 201),
        lambda s: Sent(
            more={"json": {"cliente_id": s.ana.id, "descripcion": "Pintar todo", "monto": 100}}
        ),
    ),
    "GET /professional/trabajos": Row("professional", ROOM),
    "GET /public/professional/{professional_id}": Row(
        "anyone", ALL_WELL, lambda s: Sent({"professional_id": s.beto.id})
    ),
    "GET /public/oficios": Row("anyone", ALL_WELL),
    "GET /gamification/levels": Row("anyone", ALL_WELL),
    "POST /search": Row("anyone", ALL_WELL, body(**NEAR)),
    "GET /ofertas": Row("anyone", SIGNED_IN),
    "POST /ofertas": Row(
        "client", (401, 201, 403, 201), lambda s: Sent(more={"json": offer_body(s.beto)})
    ),
    "GET /ofertas/{offer_id}": Row("client", PARTY, Scene.offer),
    "GET /ofertas/{offer_id}/timeline": Row("client", PARTY, Scene.offer),
    "PUT /ofertas/{offer_id}": Row("client", PARTY, offer(monto=200)),
    "POST /ofertas/{offer_id}/contraoferta": Row("professional", PARTY, offer(monto=200)),
    "POST /ofertas/{offer_id}/accept": Row("professional", (401, 404, 404, 201), offer()),
    "PUT /ofertas/{offer_id}/accept": Row("professional", (401, 404, 404, 201), offer()),
    "POST /ofertas/{offer_id}/reject": Row("client", PARTY, offer(motivo="No va")),
    "DELETE /ofertas/{offer_id}": Row("client", (401, 404, 404, 204), Scene.offer),
    "GET /trabajos": Row("anyone", SIGNED_IN),
    "GET /trabajos/{job_id}": Row("client", PARTY, job("job")),
    "GET /trabajos/{job_id}/timeline": Row("professional", PARTY, job("job")),
    "PUT /trabajos/{job_id}/marcar-completado": Row("professional", PARTY, job("paid")),
    "POST /trabajos/{job_id}/pedir-cambios": Row("client", PARTY, job("done", motivo="Gotea")),
    "POST /trabajos/{job_id}/aprobar": Row("client", PARTY, job("done")),
    "POST /trabajos/{job_id}/cancelar": Row("professional", PARTY, job("job")),
    "POST /payments/preference": Row("client", (401, 404, 404, 201), preference),
    "GET /payments/history": Row("anyone", SIGNED_IN),
    "GET /payments/{payment_id}/status": Row("client", PARTY, payment),
    "GET /payments/commission/calculate": Row("anyone", SIGNED_IN, quote),
    "GET /payments/balance": Row("professional", ROOM),
    "POST /webhook/mercadopago": Row("anyone", (401, 401, 401, 200), notice),
    "GET /admin/kyc/pending": Row("admin", HOUSE),
    "PUT /admin/kyc/{professional_id}/approve": Row("admin", HOUSE, Scene.applied),
    "PUT /admin/kyc/{professional_id}/reject": Row(
        "admin", HOUSE, lambda s: with_body(s.applied(), motivo="Borroso")
    ),
    "GET /admin/ledger/trial-balance": Row("admin", HOUSE),
    "GET /admin/intents": Row("admin", HOUSE),
    "POST /admin/intents/{refund_id}/resolver": Row("admin", (401, 403, 403, 400), settled_intent),
    "GET /admin/suspense": Row("admin", HOUSE),
    "GET /archivos/{token}": Row("anyone", ALL_WELL, private_file),
}
ALL = V1 | PEOPLE | ADMIN
ROWS = {f"{m} /api/v1{path}": row for m, path, row in ((*r.split(" "), ALL[r]) for r in ALL)} | {
    f"GET {path}": Row("anyone", ALL_WELL)
    for path in ("/health", "/health/ready", "/health/live", "/metrics")
}
"""`METHOD /whole/path` -> row."""
