"""Every route, continued: those of the administrators."""

from dataclasses import replace

from tests.http.person import good
from tests.http.scene import HOUSE, Row, Scene, Sent, with_body
from tests.http.walk_people import quarrel
from tests.http.wallet import CBU, payouts_of, rich

WHY = {"comprobante": "acta-1", "motivo": "Así quedó"}
NOTHING_THERE = (401, 403, 403, 404)
NOTHING_TO_DO = (401, 403, 403, 400)


def ruling(s: Scene) -> Sent:
    return with_body(quarrel(s), decision="LIBERAR", resolucion="Quedó bien")


def identified(s: Scene) -> Sent:
    return Sent({"professional_id": s.api.professional().id}, {"json": {"motivo": "Venció"}})


def somebody(s: Scene) -> Sent:
    return Sent({"user_id": s.api.client().id}, {"json": {"motivo": "Fraude"}})


def banned(s: Scene) -> Sent:
    made = somebody(s)
    good(s.api.admin.post(f"/admin/users/{made.params['user_id']}/ban", made.more["json"]))
    return replace(made, more={})


def paid(s: Scene) -> Sent:
    made = s.api.paid(s.ana, s.beto)[1]
    return Sent({"payment_id": made}, {"json": {"motivo": "Lo pidió el cliente"}})


def nothing_parked(s: Scene) -> Sent:
    return Sent({"payment_id": s.api.paid(s.ana, s.beto)[1]}, {"json": WHY})


def no_debt(s: Scene) -> Sent:
    return Sent({"professional_id": s.beto.id}, {"json": WHY})


def asked(s: Scene) -> Sent:
    """A payout that waits."""
    pro = rich(s.api, s.ana, CBU)
    good(pro.post("/payments/withdrawals", {"monto": "10"}))
    return Sent({"payout_id": payouts_of(s.api, pro)[0]["id"]})


def batched(s: Scene) -> Sent:
    made = asked(s)
    batch = good(s.api.admin.post("/admin/payouts/batches"))
    return replace(
        made,
        params=made.params | {"batch_id": batch["id"]},
        more={"json": {"resultado": "enviado", "comprobante": "trx-1"}},
    )


def batch(s: Scene) -> Sent:
    return replace(batched(s), more={})


def move(_: Scene) -> Sent:
    return Sent(more={"json": WHY | {"direccion": "a_banco", "monto": "1"}})


def case(s: Scene) -> Sent:
    """Somebody who regrets too late."""
    made = s.job("done").params["job_id"]
    told = {"email": s.ana.email, "trabajo_id": made, "motivo": "Me arrepentí"}
    code = good(s.api.nobody.post("/arrepentimiento", told))["codigo_gestion"]
    return Sent({"code": code}, {"json": {"resolucion": "Se le explicó"}})


ADMIN = {
    "GET /admin/disputas": Row("admin", HOUSE),
    "POST /admin/disputas/{dispute_id}/tomar": Row("admin", HOUSE, quarrel),
    "POST /admin/disputas/{dispute_id}/resolver": Row("admin", HOUSE, ruling),
    "POST /admin/disputas/{dispute_id}/confirmar": Row("admin", NOTHING_THERE, quarrel),
    "PUT /admin/kyc/{professional_id}/revoke": Row("admin", HOUSE, identified),
    "GET /admin/users": Row("admin", HOUSE),
    "POST /admin/users/{user_id}/ban": Row("admin", HOUSE, somebody),
    "POST /admin/users/{user_id}/unban": Row("admin", HOUSE, banned),
    "GET /admin/dashboard/stats": Row("admin", HOUSE),
    "GET /admin/metrics/users": Row("admin", HOUSE),
    "GET /admin/audit": Row("admin", HOUSE),
    "GET /admin/events/pending": Row("admin", HOUSE),
    "POST /admin/events/{event_id}/redrive": Row(
        "admin", NOTHING_THERE, lambda s: Sent({"event_id": s.ana.id})
    ),
    "GET /admin/arrepentimientos": Row("admin", HOUSE),
    "POST /admin/arrepentimientos/{code}/cerrar": Row("admin", HOUSE, case),
    "GET /admin/chargebacks": Row("admin", HOUSE),
    "POST /admin/chargebacks/{payment_id}/cerrar": Row("admin", NOTHING_TO_DO, nothing_parked),
    "GET /admin/deudas": Row("admin", HOUSE),
    "POST /admin/deudas/{professional_id}/castigar": Row("admin", NOTHING_TO_DO, no_debt),
    "POST /admin/payments/{payment_id}/refund": Row("admin", HOUSE, paid),
    "GET /admin/payouts": Row("admin", HOUSE),
    "POST /admin/payouts/batches": Row("admin", (401, 403, 403, 201), asked),
    "GET /admin/payouts/batches/{batch_id}": Row("admin", HOUSE, batch),
    "POST /admin/payouts/{payout_id}/confirmar": Row("admin", HOUSE, batched),
    "GET /admin/propuestas": Row("admin", HOUSE),
    "POST /admin/propuestas/{proposal_id}/confirmar": Row(
        "admin", NOTHING_THERE, lambda s: Sent({"proposal_id": s.ana.id})
    ),
    "POST /admin/tesoreria": Row("admin", (401, 403, 403, 201), move),
}
"""`METHOD /path` -> row."""
