"""Money in and out: each way a payment may be, and the books after it, to the cent."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.http.api import Api
from tests.http.books import agreed, at_oracle, books, intent_of, refund_calls
from tests.http.conftest import LONG
from tests.http.person import Person, eventually, good, new_key, refused

D = Decimal


@pytest.fixture(autouse=True)
def clear_sky(timed: Api) -> Iterator[None]:
    """No fault outlives its test."""
    yield
    timed.sandbox("DELETE", "/faults")


def history(who: Person, job: dict[str, Any]) -> list[tuple[str, str, float]]:
    """(tipo, estado, monto) of one job's lines, oldest first."""
    lines = who.seen("/payments/history", limit=100)
    mine = [line for line in lines if line["trabajo_id"] == job["id"]]
    return [(line["tipo"], line["estado"], line["monto"]) for line in reversed(mine)]


def in_the_end(who: Person, job: dict[str, Any], *lines: tuple[str, str, float]) -> None:
    def check() -> bool:
        assert sorted(history(who, job)) == sorted(lines)
        return True

    eventually(check)


def suspended(api: Api, payment: str) -> dict[str, Any]:
    """The payment's row among those that fund nothing."""

    def check() -> Any:
        rows = api.admin.seen("/admin/suspense", limit=100)
        return [row for row in rows if row["mercadopago_payment_id"] == payment]

    return dict(eventually(check)[0])


def test_a_job_from_payment_to_money_in_hand(timed: Api, carla: Person) -> None:
    pro = timed.professional()
    job, payment = timed.paid(carla, pro, "15000.50")
    assert (job["escrow_estado"], job["al_vencer"]) == ("PAGADO_EN_ESCROW", "REEMBOLSAR")
    agreed(timed)
    in_the_end(carla, job, ("PAGO", "COMPLETADA", 15000.5))
    assert history(pro, job) == []
    good(pro.put(f"/trabajos/{job['id']}/marcar-completado"))
    done = good(carla.post(f"/trabajos/{job['id']}/aprobar"))
    assert (done["estado"], done["escrow_estado"]) == ("APROBADO", "LIBERADO")
    assert D(str(done["comision"])) == D("2250.08")  # 15 % of 15000.50, half to even
    assert D(str(done["neto_profesional"])) == D("12750.42")
    nothing = {"disponible": 0.0, "deuda": 0.0}
    earned = {"total_ganado": 12750.42, "total_comisiones": 2250.08}
    assert pro.seen("/payments/balance") == nothing | earned | {"pendiente": 12750.42}
    agreed(timed)
    timed.sandbox("POST", f"/payments/{payment}", {"accion": "release"})
    pro.seen(f"/payments/{payment}/status")  # asks, and learns of it
    in_hand = {"disponible": 12750.42, "pendiente": 0.0, "deuda": 0.0}
    assert pro.seen("/payments/balance") == earned | in_hand
    expected = [("LIBERACION", "COMPLETADA", 12750.42), ("COMISION", "COMPLETADA", 2250.08)]
    in_the_end(pro, job, *expected)
    in_the_end(carla, job, ("PAGO", "COMPLETADA", 15000.5))
    agreed(timed)


def test_the_clock_alone_brings_the_release(timed: Api, carla: Person) -> None:
    pro = timed.professional()
    timed.approved(carla, pro, "1000")
    assert pro.seen("/payments/balance")["pendiente"] == 850.0
    timed.clock(days=18, hours=2)
    balance = pro.seen("/payments/balance")
    assert (balance["disponible"], balance["pendiente"]) == (850.0, 0.0)
    agreed(timed)


def test_money_released_before_the_approval_is_in_hand_at_once(timed: Api, carla: Person) -> None:
    pro = timed.professional()
    job, _ = timed.paid(carla, pro, "1000")
    timed.clock(days=19)
    good(pro.put(f"/trabajos/{job['id']}/marcar-completado"))
    assert pro.seen("/payments/balance")["pendiente"] == 0.0
    good(carla.post(f"/trabajos/{job['id']}/aprobar"))
    assert pro.seen("/payments/balance")["disponible"] == 850.0
    agreed(timed)


def test_a_preference_asked_again_is_the_same(timed: Api, carla: Person, dario: Person) -> None:
    job = timed.job(carla, dario)
    body = {"trabajo_id": job["id"]}
    first, second = (carla.post("/payments/preference", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    told = first.json()
    assert set(told) == {"preference_id", "init_point", "sandbox_init_point", "vence_at"}
    assert told["sandbox_init_point"] is None and told["vence_at"] == job["vence_at"]
    assert timed.http.get(told["init_point"]).status_code == 200
    refused(dario.post("/payments/preference", body), 403)
    refused(timed.client().post("/payments/preference", body), 404)
    timed.pay(told["preference_id"])
    timed.until(carla, job, estado="EN_CURSO")
    refused(carla.post("/payments/preference", body), 400, "NO_SE_PUEDE_PAGAR")
    closed = timed.job(carla, dario)
    good(carla.post(f"/trabajos/{closed['id']}/cancelar"))
    again = carla.post("/payments/preference", {"trabajo_id": closed["id"]})
    refused(again, 400, "NO_SE_PUEDE_PAGAR")


def test_a_silent_gateway_leaves_nothing_half_done(
    timed: Api, carla: Person, dario: Person
) -> None:
    job = timed.job(carla, dario)
    body, key = {"trabajo_id": job["id"]}, new_key()
    for fault in ("error_500", "html_body", "drop"):
        timed.fault("preference", fault)
        response = carla.post("/payments/preference", body, key=key)
        refused(response, 503, "MERCADOPAGO_NO_RESPONDE")
        assert int(response.headers["retry-after"]) > 0
    told = carla.post("/payments/preference", body, key=key)
    assert told.status_code == 201
    timed.pay(told.json()["preference_id"])
    timed.until(carla, job, estado="EN_CURSO")
    agreed(timed)


def test_a_rejected_payment_may_be_tried_again(timed: Api, carla: Person, dario: Person) -> None:
    job = timed.job(carla, dario, "700")
    preference = timed.preference(carla, job)
    timed.pay(preference, "rejected")
    in_the_end(carla, job, ("PAGO", "FALLIDA", 700.0))
    timed.pay(preference)
    timed.until(carla, job, estado="EN_CURSO")
    in_the_end(carla, job, ("PAGO", "FALLIDA", 700.0), ("PAGO", "COMPLETADA", 700.0))
    agreed(timed)


def test_a_pending_payment_waits_and_then_counts(timed: Api, carla: Person, dario: Person) -> None:
    job = timed.job(carla, dario, "700")
    payment = timed.pay(timed.preference(carla, job), "pending")
    in_the_end(carla, job, ("PAGO", "PENDIENTE", 700.0))
    timed.clock(hours=25)  # past the deadline, which waits for it
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "PENDIENTE_PAGO"
    timed.sandbox("POST", f"/payments/{payment}", {"accion": "approve"})
    timed.until(carla, job, estado="EN_CURSO")
    in_the_end(carla, job, ("PAGO", "COMPLETADA", 700.0))
    agreed(timed)


def test_a_pending_payment_holds_a_job_open_for_three_days_at_most(
    timed: Api, carla: Person, dario: Person
) -> None:
    job = timed.job(carla, dario, "700")
    payment = timed.pay(timed.preference(carla, job), "pending")
    in_the_end(carla, job, ("PAGO", "PENDIENTE", 700.0))
    timed.clock(hours=71)
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "PENDIENTE_PAGO"
    timed.clock(hours=3)
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "CANCELADO"
    timed.sandbox("POST", f"/payments/{payment}", {"accion": "approve"})
    eventually(lambda: at_oracle(timed, payment)["reembolsado"] == "700.00")
    in_the_end(carla, job, ("PAGO", "COMPLETADA", 700.0), ("REEMBOLSO", "COMPLETADA", 700.0))
    agreed(timed)


@pytest.mark.parametrize("monto", ["699.99", "700.01", "1", "7000"])
def test_another_amount_goes_back_whole(
    timed: Api, carla: Person, dario: Person, monto: str
) -> None:
    job = timed.job(carla, dario, "700")
    payment = timed.pay(timed.preference(carla, job), monto=monto)
    paid = float(monto)
    in_the_end(carla, job, ("PAGO", "COMPLETADA", paid), ("REEMBOLSO", "COMPLETADA", paid))
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "PENDIENTE_PAGO"
    seen = at_oracle(timed, payment)
    assert seen["reembolsado"] == seen["pagado"] == f"{paid:.2f}"
    assert suspended(timed, payment)["veredicto"] == "DEVUELVE"
    assert len(refund_calls(timed, payment)) == 1
    agreed(timed)
    assert books(timed).get("suspense", "0.00") == "0.00"


def test_after_a_wrong_amount_the_right_one_still_funds(
    timed: Api, carla: Person, dario: Person
) -> None:
    job = timed.job(carla, dario, "700")
    preference = timed.preference(carla, job)
    timed.pay(preference, monto="699.99")
    in_the_end(carla, job, ("PAGO", "COMPLETADA", 699.99), ("REEMBOLSO", "COMPLETADA", 699.99))
    timed.pay(preference)
    timed.until(carla, job, estado="EN_CURSO")
    agreed(timed)


def test_another_currency_goes_back_and_is_never_posted(
    timed: Api, carla: Person, dario: Person
) -> None:
    before = books(timed)
    job = timed.job(carla, dario, "700")
    payment = timed.pay(timed.preference(carla, job), moneda="USD")
    eventually(lambda: at_oracle(timed, payment)["reembolsado"] == "700.00")
    row = suspended(timed, payment)
    assert (row["veredicto"], row["moneda"]) == ("DEVUELVE_SIN_ASIENTO", "USD")
    assert row["alerta"] == "OTRA_MONEDA"
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "PENDIENTE_PAGO"
    assert books(timed) == before
    agreed(timed)


def test_of_two_payments_one_funds_and_the_other_goes_back(
    timed: Api, carla: Person, dario: Person
) -> None:
    job = timed.job(carla, dario, "700")
    preference = timed.preference(carla, job)
    payments = [timed.pay(preference), timed.pay(preference, forzar=True)]
    in_the_end(
        carla,
        job,
        ("PAGO", "COMPLETADA", 700.0),
        ("PAGO", "COMPLETADA", 700.0),
        ("REEMBOLSO", "COMPLETADA", 700.0),
    )
    back = sorted(at_oracle(timed, payment)["reembolsado"] for payment in payments)
    assert back == ["0.00", "700.00"]
    timed.until(carla, job, estado="EN_CURSO")
    agreed(timed)


def test_the_refund_of_a_second_payment_is_not_the_jobs(
    timed: Api, carla: Person, dario: Person
) -> None:
    job = timed.job(carla, dario, "700")
    preference = timed.preference(carla, job)
    for force in (False, True):
        timed.pay(preference, forzar=force)
    eventually(
        lambda: [row for row in history(carla, job) if row[:2] == ("REEMBOLSO", "COMPLETADA")]
    )
    assert timed.until(carla, job, estado="EN_CURSO")["reembolso"] is None


def test_a_payment_after_the_cancellation_goes_back(
    timed: Api, carla: Person, dario: Person
) -> None:
    job = timed.job(carla, dario, "700")
    preference = timed.preference(carla, job)
    good(dario.post(f"/trabajos/{job['id']}/cancelar"))
    payment = timed.pay(preference, forzar=True)
    in_the_end(carla, job, ("PAGO", "COMPLETADA", 700.0), ("REEMBOLSO", "COMPLETADA", 700.0))
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "CANCELADO"
    assert at_oracle(timed, payment)["reembolsado"] == "700.00"
    assert intent_of(timed, payment)["origen"] == "SUSPENSO"
    agreed(timed)


@pytest.mark.parametrize(
    "odd", [{"referencia": "de-otro"}, {"collector_id": 42}, {"referencia": ""}]
)
def test_what_is_not_ours_is_parked_and_never_touched(
    open_server: Any, odd: dict[str, Any]
) -> None:
    api = open_server(**LONG)
    client, pro = api.client(), api.professional()
    job = api.job(client, pro, "700")
    before = books(api)
    payment = api.pay(api.preference(client, job), **odd)
    row = suspended(api, payment)
    assert (row["veredicto"], row["alerta"], row["reembolso"]) == ("AJENO", "AJENO", None)
    api.clock(days=30)
    assert refund_calls(api, payment) == []
    assert at_oracle(api, payment)["reembolsado"] == "0.00"
    assert books(api) == before
    kept = D(at_oracle(api, payment)["neto_en_cuenta"]) if "referencia" in odd else D(0)
    agreed(api, parked=kept)
    stranger = api.client()
    refused(stranger.get(f"/payments/{payment}/status"), 404)
    assert good(api.admin.get(f"/payments/{payment}/status"))["payment_id"] == payment
