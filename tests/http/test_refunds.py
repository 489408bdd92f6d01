"""Money back, whatever the gateway does: in the end exactly once, or on a person's list."""

from collections.abc import Iterator
from typing import Any

import pytest

from conectar.adapters.outbound.mercadopago.gateway import MercadoPagoGateway
from tests.http.api import Api
from tests.http.books import agreed, at_oracle, books, intent_of, refund_calls
from tests.http.person import Person, eventually, good, refused
from tests.http.stored import quiet, unchanged


@pytest.fixture(autouse=True)
def clear_sky(timed: Api) -> Iterator[None]:
    """No fault outlives its test."""
    yield
    timed.sandbox("DELETE", "/faults")


def cancelled(api: Api, client: Person, pro: Person) -> tuple[dict[str, Any], str]:
    """A paid job that the professional gave up."""
    job, payment = api.paid(client, pro, "900")
    told = good(pro.post(f"/trabajos/{job['id']}/cancelar", {"motivo": "No llego"}))
    assert (told["estado"], told["escrow_estado"]) == ("CANCELADO", "REEMBOLSANDO")
    assert told["reembolso"]["monto"] == 900.0
    return job, payment


def refunded_once(api: Api, client: Person, job: dict[str, Any], payment: str) -> None:
    """The client has his money, once, and everybody says so."""
    shown = api.until(client, job, escrow_estado="REEMBOLSADO", estado="CANCELADO")
    assert shown["reembolso"]["estado"] == "COMPLETADA"
    seen = at_oracle(api, payment)
    assert (seen["pagado"], seen["reembolsado"]) == ("900.00", "900.00")
    assert intent_of(api, payment)["estado"] == "EXITOSO"
    keys = {call["clave"] for call in refund_calls(api, payment)}
    assert len(keys) == 1
    agreed(api)
    assert books(api).get("refund_pending", "0.00") == "0.00"


def test_a_refund_without_trouble(timed: Api, carla: Person, dario: Person) -> None:
    job, payment = cancelled(timed, carla, dario)
    refunded_once(timed, carla, job, payment)
    assert len(refund_calls(timed, payment)) == 1
    steps = carla.seen(f"/trabajos/{job['id']}/timeline")
    assert [step["escrow_estado"] for step in steps] == [
        "PENDIENTE",
        "PAGADO_EN_ESCROW",
        "REEMBOLSANDO",
        "REEMBOLSADO",
    ]


@pytest.mark.parametrize("fault", ["error_500", "error_429", "list_error", "html_body", "drop"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_gateway_in_trouble_refunds_once_in_the_end(
    timed: Api, carla: Person, dario: Person, fault: str, times: int
) -> None:
    timed.fault("refund", fault, times)
    job, payment = cancelled(timed, carla, dario)
    eventually(lambda: intent_of(timed, payment)["error"])
    assert carla.seen(f"/trabajos/{job['id']}")["escrow_estado"] == "REEMBOLSANDO"
    assert intent_of(timed, payment)["estado"] == "DESCONOCIDO"
    for seconds in (6, 31, 121, 301):
        timed.clock(seconds=seconds)
    refunded_once(timed, carla, job, payment)


def test_a_refund_whose_answer_is_lost_happened_once(
    timed: Api, carla: Person, dario: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = timed.server.run(timed.server.container.get(MercadoPagoGateway))
    monkeypatch.setattr(gateway._client, "_timeout", (2.0, 1.0))  # ten seconds, for less patience
    timed.fault("refund", "timeout_after_success")
    job, payment = cancelled(timed, carla, dario)
    eventually(lambda: at_oracle(timed, payment)["reembolsado"] == "900.00")
    eventually(lambda: intent_of(timed, payment)["error"], 20)
    timed.clock(seconds=6)
    refunded_once(timed, carla, job, payment)
    assert len(refund_calls(timed, payment)) <= 2


def test_a_payment_that_cannot_be_read_is_not_refunded_blindly(
    timed: Api, carla: Person, dario: Person
) -> None:
    job, payment = timed.paid(carla, dario, "900")
    timed.fault("payment_get", "error_500", 2)
    good(dario.post(f"/trabajos/{job['id']}/cancelar"))
    eventually(lambda: intent_of(timed, payment)["error"])
    assert refund_calls(timed, payment) == []
    for seconds in (6, 31, 121):
        timed.clock(seconds=seconds)
    refunded_once(timed, carla, job, payment)


WAITS_S = (6, 31, 121, 301, 3601, *[86_401] * 5, 86_401)


def by_hand(api: Api, client: Person, pro: Person) -> tuple[dict[str, Any], str, str]:
    """A refund the gateway never answered: (job, payment, intent)."""
    api.fault("refund", "error_500", 1000)
    job, payment = cancelled(api, client, pro)
    eventually(lambda: intent_of(api, payment)["error"])
    for seconds in WAITS_S:
        api.clock(seconds=seconds)
    intent = intent_of(api, payment)
    assert (intent["estado"], intent["proximo_at"]) == ("MANUAL", None), intent
    listed = api.admin.seen("/admin/intents", estado="MANUAL", limit=100)
    assert intent["id"] in [one["id"] for one in listed]
    assert {one["estado"] for one in listed} == {"MANUAL"}
    calls = refund_calls(api, payment)
    assert len(calls) == 4 and len({call["clave"] for call in calls}) == 1
    assert client.seen(f"/trabajos/{job['id']}")["escrow_estado"] == "REEMBOLSANDO"
    api.sandbox("DELETE", "/faults")
    return job, payment, intent["id"]


def test_a_person_lets_it_be_tried_again(timed: Api, carla: Person, dario: Person) -> None:
    job, payment, intent = by_hand(timed, carla, dario)
    path = f"/admin/intents/{intent}/resolver"
    good(timed.admin.post(path, {"resultado": "reintentar", "motivo": "Volvió"}))
    refunded_once(timed, carla, job, payment)
    again = {"resultado": "reintentar", "motivo": "Otra vez"}
    refused(timed.admin.post(path, again), 400, "INTENTO_NO_RESOLUBLE")


def test_what_the_gateway_shows_needs_no_person(timed: Api, carla: Person, dario: Person) -> None:
    job, payment, intent = by_hand(timed, carla, dario)
    timed.sandbox("POST", f"/payments/{payment}", {"accion": "refund"})
    assert timed.admin.seen(f"/payments/{payment}/status")["estado"] == "refunded"
    refunded_once(timed, carla, job, payment)
    told = {"resultado": "confirmado", "motivo": "Está en el panel", "comprobante": "mp-990"}
    refused(
        timed.admin.post(f"/admin/intents/{intent}/resolver", told), 400, "INTENTO_NO_RESOLUBLE"
    )


def test_a_person_confirms_what_the_gateway_did(timed: Api, carla: Person, dario: Person) -> None:
    job, payment, intent = by_hand(timed, carla, dario)
    timed.fault("webhook", "drop", 10)  # he sees it before we do
    timed.sandbox("POST", f"/payments/{payment}", {"accion": "refund"})
    path = f"/admin/intents/{intent}/resolver"
    quiet(timed.server)
    with unchanged(timed.server):
        told = {"resultado": "confirmado", "motivo": "Está en el panel"}
        refused(timed.admin.post(path, told), 422, "COMPROBANTE_REQUERIDO")
        refused(timed.admin.post(path, told | {"comprobante": "  "}), 422)
        refused(timed.admin.post(path, told | {"resultado": "otro"}), 422)
        refused(timed.admin.post(path, {"resultado": "reintentar"}), 422)
    told |= {"comprobante": "mp-991"}
    shown = good(timed.admin.post(path, told))
    assert shown["estado"] == "EXITOSO" and "mp-991" in shown["comprobante"]
    timed.until(carla, job, escrow_estado="REEMBOLSADO", estado="CANCELADO")
    assert at_oracle(timed, payment)["reembolsado"] == "900.00"
    assert timed.admin.seen(f"/payments/{payment}/status")["estado"] == "refunded"
    agreed(timed)
    parked = timed.admin.seen("/admin/chargebacks", limit=100)
    assert payment not in [row["mercadopago_payment_id"] for row in parked]


def test_a_person_pays_it_from_the_bank(timed: Api, carla: Person, dario: Person) -> None:
    job, payment, intent = by_hand(timed, carla, dario)
    path = f"/admin/intents/{intent}/resolver"
    told = {"resultado": "transferencia", "motivo": "CBU del cliente", "comprobante": "trx-7"}
    good(timed.admin.post(path, told))
    shown = timed.until(carla, job, escrow_estado="REEMBOLSADO", estado="CANCELADO")
    assert shown["reembolso"]["estado"] == "COMPLETADA"
    assert at_oracle(timed, payment)["reembolsado"] == "0.00"
    assert books(timed)["bank"] == "-900.00"
    agreed(timed)
    refused(timed.admin.post(path, told), 400, "INTENTO_NO_RESOLUBLE")


def test_only_what_waits_for_a_person_is_resolved_by_one(
    timed: Api, carla: Person, dario: Person
) -> None:
    timed.fault("refund", "error_500", 1000)
    _, payment = cancelled(timed, carla, dario)
    intent = eventually(lambda: intent_of(timed, payment))
    told = {"resultado": "confirmado", "motivo": "x", "comprobante": "y"}
    path = f"/admin/intents/{intent['id']}/resolver"
    refused(timed.admin.post(path, told), 400, "INTENTO_NO_RESOLUBLE")
    refused(timed.admin.post(f"/admin/intents/{carla.id}/resolver", told), 404)
    for who in (carla, dario):
        refused(who.post(path, told), 403)


def test_a_client_may_regret_for_ten_days(timed: Api, carla: Person, dario: Person) -> None:
    job, payment = timed.paid(carla, dario, "900")
    timed.clock(days=8)
    good(carla.post(f"/trabajos/{job['id']}/cancelar"))
    refunded_once(timed, carla, job, payment)
    late, _ = timed.paid(carla, dario, "900")
    timed.clock(days=11)
    refused(carla.post(f"/trabajos/{late['id']}/cancelar"), 400, "TRANSICION_INVALIDA")
