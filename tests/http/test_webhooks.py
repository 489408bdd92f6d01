"""Notices: only signed ones count, nothing they say is believed, and repeats change nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.http.api import Api
from tests.http.books import agreed
from tests.http.notices import PATH, notify, signature
from tests.http.person import Person, eventually, good, refused, together
from tests.http.stored import dump, unchanged


@pytest.fixture(autouse=True)
def clear_sky(api: Api) -> Iterator[None]:
    """No fault outlives its test."""
    yield
    api.sandbox("DELETE", "/faults")


def silent(api: Api, ana: Person, beto: Person) -> tuple[dict[str, Any], str]:
    """A paid job whose notice got lost."""
    job = api.job(ana, beto, "500")
    preference = api.preference(ana, job)
    api.fault("webhook", "drop", 1)
    return job, api.pay(preference)


def test_only_the_gateways_own_signature_counts(api: Api, ana: Person, beto: Person) -> None:
    job, payment = silent(api, ana, beto)
    good_one = signature(api.server.webhook_secret, payment, "r-1", "1700000000000")
    bad: list[dict[str, str | bytes]] = [
        {"x-signature": ""},
        {"x-signature": "ts=1,v1=00", "x-request-id": "r-1"},
        {"x-signature": good_one, "x-request-id": "r-2"},
        {"x-signature": good_one.replace("ts=17", "ts=18"), "x-request-id": "r-1"},
        {"x-signature": good_one.upper(), "x-request-id": "r-1"},
        {"x-signature": good_one.split(",")[0], "x-request-id": "r-1"},
        {"x-signature": good_one.split(",")[1], "x-request-id": "r-1"},
        {"x-signature": "ts=1,v1=ñ".encode(), "x-request-id": "ñ".encode()},
        {"x-signature": "=,=,,", "x-request-id": "r-1"},
    ]
    with unchanged(api.server):
        for headers in bad:
            response = api.http.post(PATH, params={"data.id": payment}, headers=headers, json={})
            refused(response, 401, "FIRMA_INVALIDA")
        refused(notify(api, payment, "otro secreto"), 401, "FIRMA_INVALIDA")
        refused(notify(api, payment, params={"data.id": "1"}), 401, "FIRMA_INVALIDA")
        refused(api.http.post(PATH), 401, "FIRMA_INVALIDA")
        refused(api.http.post(PATH, content=b"[" * 60_000), 401, "FIRMA_INVALIDA")
    assert ana.seen(f"/trabajos/{job['id']}")["estado"] == "PENDIENTE_PAGO"
    assert notify(api, payment).status_code == 200
    api.until(ana, job, estado="EN_CURSO")


def test_the_body_is_not_believed(api: Api, ana: Person, beto: Person) -> None:
    job, payment = silent(api, ana, beto)
    other, unpaid = silent(api, ana, beto)
    told = {"data": {"id": unpaid, "status": "approved"}, "status": "approved", "monto": 1}
    assert notify(api, payment, body=told).status_code == 200
    api.until(ana, job, estado="EN_CURSO")
    assert ana.seen(f"/trabajos/{other['id']}")["estado"] == "PENDIENTE_PAGO"
    agreed_in_part = ana.seen(f"/payments/{unpaid}/status")
    assert agreed_in_part["estado"] == "approved"
    agreed(api)


def test_a_notice_about_nothing_known_is_taken_and_changes_nothing(
    api: Api, ana: Person, beto: Person
) -> None:
    before = ana.seen("/trabajos", limit=100)
    for params in ({"type": "merchant_order"}, {"type": "topic_nuevo"}, {"type": ""}):
        assert notify(api, "77", params=params, body={"type": "otra"}).status_code == 200
    assert notify(api, "no-es-un-numero").status_code == 200
    assert notify(api, "99999999999999999999").status_code == 200
    assert ana.seen("/trabajos", limit=100) == before
    job, payment = silent(api, ana, beto)
    assert notify(api, payment).status_code == 200
    api.until(ana, job, estado="EN_CURSO")


@pytest.mark.parametrize("fault", ["duplicate", "reorder", "slow"])
def test_notices_come_twice_late_and_in_any_order(
    api: Api, ana: Person, beto: Person, fault: str
) -> None:
    job = api.job(ana, beto, "500")
    preference = api.preference(ana, job)
    api.fault("webhook", fault, 2)
    payment = api.pay(preference, "pending")
    api.sandbox("POST", f"/payments/{payment}", {"accion": "approve"})
    api.sandbox("DELETE", "/faults")
    api.until(ana, job, estado="EN_CURSO")
    lines = [m for m in ana.seen("/payments/history") if m["trabajo_id"] == job["id"]]
    assert [(m["tipo"], m["estado"]) for m in lines] == [("PAGO", "COMPLETADA")]
    agreed(api)


def test_ten_notices_at_once_fund_once(api: Api, ana: Person, beto: Person) -> None:
    job, payment = silent(api, ana, beto)
    answers = together(*[lambda: notify(api, payment)] * 10)
    assert {answer.status_code for answer in answers} == {200}
    api.until(ana, job, estado="EN_CURSO")
    steps = ana.seen(f"/trabajos/{job['id']}/timeline")
    assert [step["estado"] for step in steps] == ["PENDIENTE_PAGO", "EN_CURSO"]
    lines = [m for m in ana.seen("/payments/history") if m["trabajo_id"] == job["id"]]
    assert len(lines) == 1
    agreed(api)


def test_asking_for_the_status_repairs_a_lost_notice(api: Api, ana: Person, beto: Person) -> None:
    job, payment = silent(api, ana, beto)
    assert ana.seen(f"/trabajos/{job['id']}")["estado"] == "PENDIENTE_PAGO"
    refused(api.client().get(f"/payments/{payment}/status"), 404)
    job, payment = silent(api, ana, beto)
    shown = ana.seen(f"/payments/{payment}/status")
    assert shown == {
        "payment_id": payment,
        "estado": "approved",
        "estado_detalle": "accredited",
        "monto": 500.0,
        "trabajo_id": job["id"],
    }
    assert ana.seen(f"/trabajos/{job['id']}")["estado"] == "EN_CURSO"
    assert beto.seen(f"/payments/{payment}/status") == shown
    assert api.admin.seen(f"/payments/{payment}/status") == shown
    for unknown in ("1", "0", "x", "-1", "1e5", "١", "9" * 21):
        refused(ana.get(f"/payments/{unknown}/status"), 404, "NO_ENCONTRADO")
    for fault in ("error_500", "html_body"):
        api.fault("payment_get", fault, veces=5)  # the sweep may ask meanwhile, too
        response = ana.get(f"/payments/{payment}/status")
        api.sandbox("DELETE", "/faults")
        refused(response, 503)
        assert response.headers["retry-after"]


def test_polling_repairs_a_lost_notice(timed: Api, carla: Person, dario: Person) -> None:
    job, payment = silent(timed, carla, dario)
    timed.clock(seconds=61)
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "EN_CURSO"
    good(carla.get(f"/payments/{payment}/status"))
    agreed(timed)


def test_a_notice_during_trouble_is_tried_again(timed: Api, carla: Person, dario: Person) -> None:
    job = timed.job(carla, dario, "500")
    preference = timed.preference(carla, job)
    timed.fault("payment_get", "error_500", 2)
    timed.pay(preference)
    for _ in range(4):
        timed.clock(seconds=30)
    timed.until(carla, job, estado="EN_CURSO")
    agreed(timed)


def test_a_notice_is_kept_before_it_is_answered(api: Api, ana: Person, beto: Person) -> None:
    _, payment = silent(api, ana, beto)
    before = len(dump(api.server)["eventos"])
    assert notify(api, payment).status_code == 200
    assert len(dump(api.server)["eventos"]) > before
    eventually(lambda: ana.seen(f"/payments/{payment}/status"))
