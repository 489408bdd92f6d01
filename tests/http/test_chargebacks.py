"""Mediation and chargebacks: what freezes, what goes on after, and what a person has to close."""

from decimal import Decimal
from typing import Any

import pytest

from tests.http.api import Api
from tests.http.books import agreed, at_oracle, books, intent_of
from tests.http.incidents import does, incident, listed
from tests.http.person import Person, eventually, good, refused
from tests.http.quarrel import disputed, open_dispute, resolve
from tests.http.stored import quiet, unchanged
from tests.http.wallet import released

FREEZES = {"mediate": "MEDIACION", "charge_back": "CONTRACARGO"}


@pytest.mark.parametrize("how", FREEZES)
def test_frozen_money_moves_for_nobody(api: Api, ana: Person, beto: Person, how: str) -> None:
    (paid, mine), (done, his) = api.paid(ana, beto), api.done(ana, beto)
    quarrel = disputed(api, ana, beto)
    for payment in (mine, his, quarrel.payment):
        does(api, payment, how)
        assert listed(api, payment)["congelado_por"] == FREEZES[how]
    quiet(api.server)
    with unchanged(api.server):
        for response in (
            ana.post(f"/trabajos/{paid['id']}/cancelar"),
            beto.post(f"/trabajos/{paid['id']}/cancelar"),
            open_dispute(beto, paid["id"]),
            ana.post(f"/trabajos/{done['id']}/aprobar"),
            open_dispute(ana, done["id"]),
            resolve(api.admin, quarrel.id, "LIBERAR"),
            resolve(api.admin, quarrel.id, "REEMBOLSAR"),
            resolve(api.admin, quarrel.id, "DIVIDIR", porcentaje_cliente=50),
        ):
            refused(response, 400, "PAGO_CONGELADO")
    shown = ana.seen(f"/trabajos/{done['id']}")
    assert (shown["congelado_por"], shown["vence_at"]) == (FREEZES[how], None)
    assert "aprobar" not in shown["acciones"] and "disputar" not in shown["acciones"]
    good(beto.put(f"/trabajos/{paid['id']}/marcar-completado"))  # work goes on


@pytest.mark.parametrize("how", ["mediate", "charge_back"])
def test_a_freeze_stops_the_clock(timed: Api, carla: Person, how: str) -> None:
    dario = timed.professional()
    job, payment = timed.done(carla, dario, "1000")
    timed.clock(days=10)
    does(timed, payment, how)
    timed.clock(days=20)
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "COMPLETADO"
    does(timed, payment, "approve" if how == "mediate" else "reimburse")
    shown = timed.until(carla, job, congelado_por=None)
    assert shown["al_vencer"] == "APROBAR"
    timed.clock(days=3, hours=22)
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "COMPLETADO"
    timed.clock(hours=4)
    timed.until(carla, job, estado="APROBADO")
    assert incident(timed, payment) is None
    agreed(timed)


@pytest.mark.parametrize("quarrelling", [False, True])
def test_a_lost_chargeback_takes_held_money(timed: Api, carla: Person, quarrelling: bool) -> None:
    dario = timed.professional()
    if quarrelling:
        one = disputed(timed, carla, dario)
        job, payment = {"id": one.job}, one.payment
    else:
        job, payment = timed.paid(carla, dario, "900")
    does(timed, payment, "charge_back")
    does(timed, payment, "settle")
    shown = timed.until(carla, job, escrow_estado="CONTRACARGO")
    assert (shown["estado"], shown["congelado_por"]) == ("CANCELADO", None)
    if quarrelling:
        assert carla.seen(f"/disputas/{one.id}")["estado"] == "RESUELTA"
    assert dario.seen("/payments/balance")["deuda"] == 0
    step = carla.seen(f"/trabajos/{job['id']}/timeline")[-1]
    assert (step["escrow_estado"], step["actor_rol"]) == ("CONTRACARGO", "MERCADOPAGO")
    agreed(timed)


def test_a_lost_mediation_takes_held_money(timed: Api, carla: Person, dario: Person) -> None:
    job, payment = timed.paid(carla, dario, "900")
    does(timed, payment, "mediate")
    does(timed, payment, "refund")
    shown = timed.until(carla, job, estado="CANCELADO")
    assert shown["escrow_estado"] == "CONTRACARGO"
    agreed(timed)


def test_a_refund_from_outside_ends_the_job(timed: Api, carla: Person, dario: Person) -> None:
    job, payment = timed.paid(carla, dario, "900")
    does(timed, payment, "refund")
    timed.until(carla, job, estado="CANCELADO", escrow_estado="REEMBOLSADO")
    assert incident(timed, payment) is None
    agreed(timed)


def test_money_on_its_way_back_arrives_once_after_the_thaw(
    timed: Api, carla: Person, dario: Person
) -> None:
    job, payment = timed.paid(carla, dario, "900")
    timed.fault("refund", "error_500", 100)
    good(dario.post(f"/trabajos/{job['id']}/cancelar"))
    eventually(lambda: intent_of(timed, payment)["error"])
    does(timed, payment, "mediate")
    timed.sandbox("DELETE", "/faults")
    shown = carla.seen(f"/trabajos/{job['id']}")
    assert (shown["escrow_estado"], shown["congelado_por"]) == ("REEMBOLSANDO", "MEDIACION")
    does(timed, payment, "approve")
    assert carla.seen(f"/trabajos/{job['id']}")["congelado_por"] is None
    for seconds in (6, 31, 121, 301):
        timed.clock(seconds=seconds)
    timed.until(carla, job, escrow_estado="REEMBOLSADO")
    assert at_oracle(timed, payment)["reembolsado"] == "900.00"
    agreed(timed)


@pytest.mark.parametrize("in_hand", [False, True])
def test_a_chargeback_after_the_release_is_the_professionals(
    timed: Api, carla: Person, in_hand: bool
) -> None:
    pro = timed.professional()
    make: Any = released if in_hand else (lambda *a: _approved(*a))
    job, payment = make(timed, carla, pro, "1000")
    before = books(timed).get("commission", "0")
    does(timed, payment, "charge_back")
    does(timed, payment, "settle")
    timed.until(carla, {"id": job}, escrow_estado="CONTRACARGO", estado="APROBADO")
    balance = pro.seen("/payments/balance")
    assert (balance["disponible"], balance["pendiente"], balance["deuda"]) == (0, 0, 0)
    assert abs(Decimal(before)) - abs(Decimal(books(timed).get("commission", "0"))) == 150
    agreed(timed)
    does(timed, payment, "reimburse")
    timed.until(carla, {"id": job}, escrow_estado="LIBERADO")
    balance = pro.seen("/payments/balance")
    assert balance["disponible"] + balance["pendiente"] == 850
    agreed(timed)


def _approved(api: Api, client: Person, pro: Person, monto: str) -> tuple[str, str]:
    job, payment = api.approved(client, pro, monto)
    return job["id"], payment


def test_what_no_rule_knows_waits_for_a_person(timed: Api, carla: Person, dario: Person) -> None:
    _, payment = timed.paid(carla, dario, "900")
    does(timed, payment, "refund", monto="100.00")
    row = listed(timed, payment)
    assert (row["alerta"], row["reembolsado_por_mercadopago"]) == ("SIN_REGLA", 100)
    path = f"/admin/chargebacks/{payment}/cerrar"
    quiet(timed.server)
    with unchanged(timed.server):
        for wrong in ({}, {"motivo": "x"}, {"comprobante": "x"}, {"perdida": "-1"}):
            refused(timed.admin.post(path, wrong), 422)
        refused(carla.post(path, {}), 403, "ROL_NO_PERMITIDO")
    told = {"comprobante": "mp-77", "motivo": "Lo devolvió el operador", "perdida": "100.00"}
    before = Decimal(books(timed).get("refund_loss", "0"))
    assert good(timed.admin.post(path, told))["alerta"] is None
    assert abs(Decimal(books(timed)["refund_loss"]) - before) == 100
    assert incident(timed, payment) is None
    timed.admin.seen(f"/payments/{payment}/status")
    assert incident(timed, payment) is None  # the same word is not brought up again
    refused(timed.admin.post(path, told), 400, "SIN_INCIDENTE")
