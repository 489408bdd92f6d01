"""Jobs: what each side may do at each state, what silence does, and what the timeline keeps."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.http.api import Api, Person
from tests.http.books import agreed, books
from tests.http.person import good, new_key, refused, together
from tests.http.quarrel import open_dispute
from tests.http.stored import unchanged

Told = tuple[list[str], list[str], str | None, float | None]


def told(client: Person, pro: Person, job: dict[str, Any], since: str = "") -> Told:
    """(the client's actions, the professional's, what silence does, after how many days)."""
    mine, his = (who.seen(f"/trabajos/{job['id']}") for who in (client, pro))
    assert {k: mine[k] for k in mine if k != "acciones"} == {
        k: his[k] for k in his if k != "acciones"
    }
    left = None
    if mine["vence_at"]:
        ends, start = (datetime.fromisoformat(mine[name]) for name in ("vence_at", since))
        left = (ends - start).total_seconds() / 86_400
    return mine["acciones"], his["acciones"], mine["al_vencer"], left


def steps(who: Person, job: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows = who.seen(f"/trabajos/{job['id']}/timeline")
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    names = ("estado_anterior", "estado", "escrow_estado", "actor_rol")
    return [tuple(row[name] for name in names) for row in rows]


UNPAID = (None, "PENDIENTE_PAGO", "PENDIENTE", "PROFESIONAL")
PAID = ("PENDIENTE_PAGO", "EN_CURSO", "PAGADO_EN_ESCROW", "MERCADOPAGO")
DONE = ("EN_CURSO", "COMPLETADO", "PAGADO_EN_ESCROW", "PROFESIONAL")
SENT_BACK = ("COMPLETADO", "EN_CURSO", "PAGADO_EN_ESCROW", "CLIENTE")
REFUNDED = ("CANCELADO", "CANCELADO", "REEMBOLSADO", "MERCADOPAGO")


def test_what_may_be_done_at_each_state(api: Api, ana: Person, beto: Person) -> None:
    job = api.job(ana, beto, "1000")
    assert told(ana, beto, job, "created_at") == (
        ["pagar", "cancelar"],
        ["cancelar"],
        "CANCELAR",
        1,
    )
    api.pay(api.preference(ana, job))
    api.until(ana, job, estado="EN_CURSO")
    both = (["cancelar", "disputar"], ["cancelar", "marcar-completado", "disputar"])
    assert told(ana, beto, job, "pagado_at") == (*both, "REEMBOLSAR", 75)
    path = f"/trabajos/{job['id']}"
    for n in range(3):
        done = good(beto.put(f"{path}/marcar-completado", {"notas": f"Listo {n}"}))
        assert done["completado_at"]
        shown = told(ana, beto, job, "completado_at")
        mine = ["pedir-cambios", "aprobar", "disputar", "resenar"]
        assert shown == (mine, ["disputar"], "APROBAR", 14)
        good(ana.post(f"{path}/pedir-cambios", {"motivo": "Gotea"}))
        assert told(ana, beto, job, "pagado_at") == (["disputar"], both[1], "REEMBOLSAR", 75)
    refused(ana.post(f"{path}/cancelar"), 400, "TRANSICION_INVALIDA")  # it was done once
    good(beto.put(f"{path}/marcar-completado"))
    assert told(ana, beto, job, "completado_at")[0] == ["aprobar", "disputar", "resenar"]
    refused(ana.post(f"{path}/pedir-cambios", {"motivo": "Otra vez"}), 400, "TRANSICION_INVALIDA")
    end = good(ana.post(f"{path}/aprobar"))
    assert told(ana, beto, job) == (["resenar"], [], None, None)
    assert (end["estado"], end["escrow_estado"], end["congelado_por"]) == (
        "APROBADO", "LIBERADO", None,
    )  # fmt: skip
    again = [DONE, SENT_BACK] * 3
    released = ("COMPLETADO", "APROBADO", "LIBERADO", "CLIENTE")
    assert steps(beto, job) == [UNPAID, PAID, *again, DONE, released]
    rows = ana.seen(f"{path}/timeline")
    assert [row["motivo"] for row in rows[2:4]] == ["Listo 0", "Gotea"]
    assert [row["actor"] for row in rows[:4]] == [beto.id, None, beto.id, ana.id]
    assert api.admin.seen(f"{path}/timeline") == rows
    assert api.admin.seen(path)["acciones"] == []


def test_a_job_is_shown_whole(api: Api, ana: Person, beto: Person) -> None:
    job = api.job(ana, beto, "15000.50")
    assert set(job) == {
        "id", "oferta_id", "cliente_id", "profesional_id", "cliente", "profesional", "descripcion",
        "monto", "comision_tasa", "comision", "neto_profesional", "estado", "escrow_estado",
        "congelado_por", "reembolso", "disputa_id", "created_at", "pagado_at", "completado_at",
        "aprobado_at", "vence_at", "al_vencer", "acciones",
    }  # fmt: skip
    shares = [job[name] for name in ("monto", "comision_tasa", "comision", "neto_profesional")]
    assert shares == [15000.5, 15, 2250.08, 12750.42]
    for name in ("congelado_por", "reembolso", "disputa_id", "pagado_at", "aprobado_at"):
        assert job[name] is None


ENDED = {
    "CANCELADO": lambda api, ana, beto: good(
        ana.post(f"/trabajos/{api.job(ana, beto)['id']}/cancelar", {"motivo": "No hace falta"})
    ),
    "APROBADO": lambda api, ana, beto: api.approved(ana, beto)[0],
}


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_job_takes_nothing_more(api: Api, ana: Person, beto: Person, state: str) -> None:
    job = ENDED[state](api, ana, beto)
    path = f"/trabajos/{job['id']}"
    left = ["resenar"] if state == "APROBADO" else []
    assert told(ana, beto, job) == (left, [], None, None)
    before = steps(ana, job)
    with unchanged(api.server):
        for response in (
            ana.post(f"{path}/aprobar"),
            ana.post(f"{path}/cancelar"),
            beto.post(f"{path}/cancelar"),
            beto.put(f"{path}/marcar-completado"),
            ana.post(f"{path}/pedir-cambios", {"motivo": "x"}),
            open_dispute(ana, job["id"]),
            open_dispute(beto, job["id"]),
        ):
            refused(response, 400, "TRANSICION_INVALIDA")
    assert steps(ana, job) == before


def test_eight_approvals_at_once_release_once(timed: Api, carla: Person) -> None:
    pro = timed.professional()
    job, _ = timed.done(carla, pro, "1000")
    path = f"/trabajos/{job['id']}/aprobar"
    before = books(timed)
    answers = together(*[lambda: carla.post(path, key=new_key())] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    for answer in answers:
        if answer.status_code == 400:
            refused(answer, 400, "TRANSICION_INVALIDA")
    after = books(timed)
    moved = {name: Decimal(after[name]) - Decimal(before.get(name, "0")) for name in after}
    expected = {"escrow": -1000, "payable_unreleased": 850, "commission": 150}
    assert {name: by for name, by in moved.items() if by} == expected
    balance = pro.seen("/payments/balance")
    assert (balance["pendiente"], balance["total_ganado"]) == (850, 850)
    lines = pro.seen("/payments/history")
    assert sorted(line["tipo"] for line in lines) == ["COMISION", "LIBERACION"]
    agreed(timed)


def test_approving_and_asking_for_changes_at_once_do_one_of_them(
    api: Api, ana: Person, beto: Person
) -> None:
    for _ in range(3):
        job, _ = api.done(ana, beto, "1000")
        path = f"/trabajos/{job['id']}"
        approve, change = together(
            lambda path=path: ana.post(f"{path}/aprobar"),
            lambda path=path: ana.post(f"{path}/pedir-cambios", {"motivo": "Gotea"}),
        )
        assert sorted((approve.status_code, change.status_code)) == [200, 400]
        state = "APROBADO" if approve.is_success else "EN_CURSO"
        assert ana.seen(path)["estado"] == state
        assert len(steps(ana, job)) == 4


def test_silence_of_a_client_who_does_not_pay_cancels(
    timed: Api, carla: Person, dario: Person
) -> None:
    job = timed.job(carla, dario, "1000")
    timed.preference(carla, job)
    timed.clock(hours=23)
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "PENDIENTE_PAGO"
    timed.clock(hours=2)
    shown = carla.seen(f"/trabajos/{job['id']}")
    assert (shown["estado"], shown["escrow_estado"]) == ("CANCELADO", "PENDIENTE")
    assert steps(carla, job) == [UNPAID, ("PENDIENTE_PAGO", "CANCELADO", "PENDIENTE", "RELOJ")]
    assert told(carla, dario, job) == ([], [], None, None)


def test_silence_of_a_client_who_does_not_look_approves(timed: Api, carla: Person) -> None:
    pro = timed.professional()
    job, _ = timed.done(carla, pro, "1000")
    timed.clock(days=13, hours=23)
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "COMPLETADO"
    timed.clock(hours=2)
    shown = carla.seen(f"/trabajos/{job['id']}")
    assert (shown["estado"], shown["escrow_estado"]) == ("APROBADO", "LIBERADO")
    assert steps(pro, job)[-1] == ("COMPLETADO", "APROBADO", "LIBERADO", "RELOJ")
    assert pro.seen("/payments/balance")["total_ganado"] == 850
    agreed(timed)


def test_silence_of_a_professional_who_does_not_work_refunds(
    timed: Api, carla: Person, dario: Person
) -> None:
    job, _ = timed.paid(carla, dario, "1000")
    sent_back, _ = timed.done(carla, dario, "1000")
    timed.clock(days=13)
    good(carla.post(f"/trabajos/{sent_back['id']}/pedir-cambios", {"motivo": "Gotea"}))
    timed.clock(days=61, hours=23)
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "EN_CURSO"
    timed.clock(hours=2)
    for one in (job, sent_back):
        shown = timed.until(carla, one, estado="CANCELADO", escrow_estado="REEMBOLSADO")
        assert (shown["reembolso"]["monto"], shown["reembolso"]["estado"]) == (1000, "COMPLETADA")
        late = ("EN_CURSO", "CANCELADO", "REEMBOLSANDO", "RELOJ")
        assert steps(carla, one)[-2:] == [late, REFUNDED]
    agreed(timed)


def test_changes_asked_late_give_fourteen_days_more(
    timed: Api, carla: Person, dario: Person
) -> None:
    job, _ = timed.paid(carla, dario, "1000")
    timed.clock(days=70)
    good(dario.put(f"/trabajos/{job['id']}/marcar-completado"))
    good(carla.post(f"/trabajos/{job['id']}/pedir-cambios", {"motivo": "Gotea"}))
    *_, left = told(carla, dario, job, "pagado_at")
    assert left is not None and 84 <= left < 84.1


def test_jobs_are_listed_by_state_to_their_parties(api: Api, beto: Person) -> None:
    who = api.client()
    unpaid, paid = api.job(who, beto), api.paid(who, beto)[0]
    for state, one in (("PENDIENTE_PAGO", unpaid), ("EN_CURSO", paid)):
        assert [j["id"] for j in who.seen("/trabajos", estado=state)] == [one["id"]]
        assert one["id"] in [j["id"] for j in beto.seen("/professional/trabajos", estado=state)]
        assert one["id"] in [j["id"] for j in api.admin.seen("/trabajos", estado=state)]
    assert who.seen("/trabajos", estado="EN_DISPUTA") == []
    assert api.client().seen("/trabajos") == []
