"""The whole life of jobs on the production profile: two API processes, two workers, the sandbox."""

import json
from decimal import Decimal
from typing import Any

from tests.http.api import Api
from tests.http.person import eventually, good, new_key, refused, together
from tests.town import Town

CORDOBA = (-31.4167, -64.1833)
"""Where no other test of this town has anybody."""


def books(api: Api) -> dict[str, Decimal]:
    """What the ledger says, which must balance."""
    told = api.admin.seen("/admin/ledger/trial-balance")
    assert told["cuadra"]
    return {line["cuenta"]: Decimal(str(line["saldo"])) for line in told["cuentas"]}


def settled(api: Api) -> dict[str, Decimal]:
    """The books once no reaction is on its way."""
    eventually(lambda: not api.admin.seen("/admin/events/pending"), 30)
    return books(api)


def test_a_job_is_paid_done_approved_and_told(api: Api, place: Town) -> None:
    ana, beto = api.client(nombre="Ana"), api.professional(at=CORDOBA, nombre="Beto")
    found = good(ana.post("/search", {"latitude": CORDOBA[0], "longitude": CORDOBA[1]}))
    assert [one["id"] for one in found["resultados"]] == [beto.id]
    made = api.offer(ana, beto)
    countered = good(beto.post(f"/ofertas/{made['id']}/contraoferta", {"monto": "18000.00"}))
    accept = {"version": countered["version"]}
    job = good(ana.post(f"/ofertas/{made['id']}/accept", accept, headers=CORRELATED))
    api.pay(api.preference(ana, job))
    api.until(ana, job, estado="EN_CURSO")
    good(beto.put(f"/trabajos/{job['id']}/marcar-completado"))
    good(ana.post(f"/trabajos/{job['id']}/pedir-cambios", {"motivo": "falta pintar"}))
    good(beto.put(f"/trabajos/{job['id']}/marcar-completado"))
    good(ana.post(f"/trabajos/{job['id']}/aprobar"))
    review = {"trabajo_id": job["id"], "rating": 5, "texto": "muy bueno"}
    good(ana.post("/resenas", review))
    eventually(lambda: beto.seen("/professional/me")["puntos"] == 150)
    eventually(lambda: place.letterbox.to(beto.email))
    eventually(lambda: correlated(place), 10)
    told = {"limit": 100}
    eventually(lambda: "escrow.released" in kinds(beto.seen("/notifications/history", **told)))
    shown = api.nobody.seen(f"/public/professional/{beto.id}")
    assert (shown["total_resenas"], shown["rating_promedio"]) == (1, 5.0)


def kinds(notices: list[dict[str, Any]]) -> set[str]:
    """What they tell of."""
    return {one["tipo"] for one in notices}


CORRELATED = {"X-Correlation-ID": "viaje-1"}


def correlated(place: Town) -> bool:
    """Whether a worker carried out what followed from that request, under its id."""
    lines = [line for worker in place.workers for line in worker.log.read_text().splitlines()]
    told = [json.loads(line) for line in lines if line.startswith("{")]
    named = {one.get("name") for one in told if one.get("correlation_id") == "viaje-1"}
    return "Notify" in named


def test_a_cancelled_job_is_refunded_and_a_disputed_one_divided(api: Api) -> None:
    ana, beto = api.client(), api.professional()
    before = settled(api)
    cancelled, _ = api.paid(ana, beto)
    good(beto.post(f"/trabajos/{cancelled['id']}/cancelar"))
    api.until(ana, cancelled, escrow_estado="REEMBOLSADO")
    disputed, _ = api.done(ana, beto, "10000.00")
    why = {"motivo": "CALIDAD_TRABAJO", "descripcion": "quedó torcido todo"}
    dispute = good(ana.post(f"/trabajos/{disputed['id']}/disputar", why))
    good(api.admin.post(f"/admin/disputas/{dispute['id']}/tomar"))
    half = {"decision": "DIVIDIR", "porcentaje_cliente": 30, "resolucion": "a medias"}
    good(api.admin.post(f"/admin/disputas/{dispute['id']}/resolver", half))
    api.until(ana, disputed, escrow_estado="DIVIDIDO")

    def refunds() -> list[dict[str, Any]]:
        rows = ana.seen("/payments/history", tipo="REEMBOLSO")
        return [row for row in rows if row["estado"] == "COMPLETADA"]

    assert eventually(lambda: len(refunds()) == 2)
    assert {Decimal(str(row["monto"])) for row in refunds()} == {
        Decimal("15000.50"),
        Decimal("3000.00"),
    }
    after = settled(api)
    assert after["escrow"] == before["escrow"]
    assert after["refund_pending"] == 0


def test_of_eight_approvals_at_once_one_releases(api: Api) -> None:
    ana, beto = api.client(), api.professional()
    job, _ = api.done(ana, beto, "1000")
    before = settled(api)
    path, alone = f"/trabajos/{job['id']}/aprobar", {"Connection": "close"}
    answers = together(*[lambda: ana.post(path, key=new_key(), headers=alone)] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    for answer in answers:
        if answer.status_code == 400:
            refused(answer, 400, "TRANSICION_INVALIDA")
    after = settled(api)
    moved = {name: after[name] - before.get(name, Decimal(0)) for name in after}
    assert {name: by for name, by in moved.items() if by} == {
        "escrow": -1000,
        "payable_unreleased": 850,
        "commission": 150,
    }
    lines = beto.seen("/payments/history")
    assert sorted(line["tipo"] for line in lines) == ["COMISION", "LIBERACION"]


def test_every_process_answers_alike(api: Api) -> None:
    ana = api.client()
    seen = {ana.get("/users/me", headers={"Connection": "close"}).text for _ in range(20)}
    assert len(seen) == 1
