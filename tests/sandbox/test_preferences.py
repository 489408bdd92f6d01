"""Preferences: what is answered, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from .support import COLLECTOR, Sandbox, preference_body

pytestmark = pytest.mark.anyio
PATH = "/checkout/preferences"


async def test_a_preference_has_an_init_point_and_echoes_what_was_sent(sandbox: Sandbox) -> None:
    body = preference_body(15000.5, notification_url="http://127.0.0.1:9/w", metadata={"a": 1.25})
    answer = await sandbox.api("POST", PATH, body)
    assert answer.status_code == 201
    made = answer.json()
    assert made["collector_id"] == COLLECTOR
    assert made["init_point"] == f"http://127.0.0.1:8000/sandbox/checkout/{made['id']}"
    assert made["date_created"] == "2026-03-02T08:00:00.000-04:00"
    assert made["items"] == body["items"] and made["metadata"] == {"a": 1.25}
    assert made["expires"] is False and made["expiration_date_to"] is None
    read = await sandbox.api("GET", f"{PATH}/{made['id']}")
    assert read.json() == made


@pytest.mark.parametrize("token", [None, "", "wrong"])
async def test_the_token_is_required(sandbox: Sandbox, token: str | None) -> None:
    for method, path in (
        ("POST", PATH),
        ("GET", "/users/me"),
        ("GET", "/v1/payments/search"),
        ("POST", "/v1/payments/1/refunds"),
        ("POST", "/v1/transaction-intents/process"),
    ):
        answer = await sandbox.api(method, path, token=token)
        assert answer.status_code == 401
        assert answer.json()["error"] == "unauthorized" and answer.json()["status"] == 401


async def test_users_me_tells_the_collector(sandbox: Sandbox) -> None:
    assert (await sandbox.api("GET", "/users/me")).json()["id"] == COLLECTOR


def item(**changes: Any) -> dict[str, Any]:
    return {"title": "T", "quantity": 1, "currency_id": "ARS", "unit_price": 10, **changes}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": []},
        {"items": "x"},
        {"items": [1]},
        {"items": [item(unit_price=0)]},
        {"items": [item(unit_price=-5)]},
        {"items": [item(unit_price="10")]},
        {"items": [item(unit_price=True)]},
        {"items": [item(unit_price=1.005)]},
        {"items": [item(unit_price=1e30)]},
        {"items": [item(currency_id="ARX")]},
        {"items": [item(currency_id=None)]},
        {"items": [item(currency_id=[])]},
        {"items": [item(), item(currency_id="USD")]},
        {"items": [item(quantity=0)]},
        {"items": [item(quantity=1.5)]},
        {"items": [item(title="")]},
        {"items": [item()], "expires": "yes"},
        {"items": [item()], "expires": True, "expiration_date_to": "tomorrow"},
        {"items": [item()], "expires": True, "expiration_date_to": "2026-01-01T00:00:00"},
        {"items": [item()], "auto_return": "approved"},
        {"items": [item()], "back_urls": {"success": "javascript:alert(1)"}},
        {"items": [item()], "notification_url": "ftp://x"},
        {"items": [item()], "external_reference": 5},
    ],
)
async def test_what_mercadopago_refuses_is_refused(sandbox: Sandbox, body: Any) -> None:
    answer = await sandbox.api("POST", PATH, body)
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {"message", "error", "status", "cause"}


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"items": NaN}', b"[" * 100_000, b"\xff"])
async def test_a_body_that_is_not_a_json_object_is_a_400(sandbox: Sandbox, raw: bytes) -> None:
    answer = await sandbox.client.post(
        f"/mercadopago{PATH}", content=raw, headers={"authorization": "Bearer APP_USR-sandbox"}
    )
    assert answer.status_code == 400


async def test_unknown_things_are_404_in_mercadopagos_style(sandbox: Sandbox) -> None:
    for path in (
        f"{PATH}/none",
        "/v1/payments/5",
        "/v1/payments/x",
        "/v1/nothing",
        "/v1/chargebacks/1",
        "/v1/transaction-intents/1",
    ):
        answer = await sandbox.api("GET", path)
        assert answer.status_code == 404, path
        assert answer.json()["error"] == "not_found" and answer.json()["status"] == 404


async def test_items_are_summed_exactly(sandbox: Sandbox) -> None:
    body = {"items": [item(unit_price=0.1, quantity=3), item(unit_price=0.2)]}
    made = (await sandbox.api("POST", PATH, body)).json()
    assert made["total_amount"] == 0.5


async def test_an_expired_preference_is_refused_unless_forced(sandbox: Sandbox) -> None:
    preference_id = await sandbox.preference(
        expires=True, expiration_date_to="2026-03-02T10:00:00.000-03:00"
    )
    await sandbox.control("/clock", avanzar_segundos=3600)
    refused = await sandbox.control(f"/checkout/{preference_id}", resultado="approved")
    assert refused.status_code == 400 and "venció" in refused.json()["detail"]
    forced = await sandbox.control(f"/checkout/{preference_id}", resultado="approved", forzar=True)
    assert forced.status_code == 201


async def test_an_update_changes_the_expiry_and_keeps_the_rest(sandbox: Sandbox) -> None:
    preference_id = await sandbox.preference()
    changes = {"expires": True, "expiration_date_to": "2026-03-02T08:59:59.000-03:00"}
    answer = await sandbox.api("PUT", f"{PATH}/{preference_id}", changes)
    assert answer.status_code == 200
    assert answer.json()["expiration_date_to"] == changes["expiration_date_to"]
    assert answer.json()["external_reference"] == "intent-1"
    refused = await sandbox.control(f"/checkout/{preference_id}", resultado="approved")
    assert refused.status_code == 400
    assert (await sandbox.api("PUT", f"{PATH}/none", {})).status_code == 404


async def test_the_same_key_makes_one_preference(sandbox: Sandbox) -> None:
    first = await sandbox.api("POST", PATH, preference_body(), key="k1")
    again = await sandbox.api("POST", PATH, preference_body(), key="k1")
    assert again.content == first.content and again.status_code == 201
    other = await sandbox.api("POST", PATH, preference_body(101), key="k1")
    assert other.status_code == 409
