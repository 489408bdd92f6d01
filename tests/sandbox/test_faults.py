"""Faults of the API, over a real socket where the connection itself fails."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from conectar.sandbox import World, create_app
from conectar.sandbox.faults import HANG_S

from .support import AUTH, Sandbox, served

pytestmark = pytest.mark.anyio
KEY = {**AUTH, "x-idempotency-key": "key"}


async def strike(sandbox: Sandbox, operation: str, fault: str, times: int = 1) -> None:
    answer = await sandbox.control("/faults", operacion=operation, fallo=fault, veces=times)
    assert answer.status_code == 201, answer.text


async def test_a_server_error_strikes_as_often_as_told(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid()
    await strike(sandbox, "refund", "error_500", 2)
    assert (await sandbox.client.get("/faults")).json() == [
        {"operacion": "refund", "fallo": "error_500", "veces": 2}
    ]
    assert [(await sandbox.refund(payment_id, key="k")).status_code for _ in range(3)] == [
        500,
        500,
        201,
    ]
    calls = [c for c in (await sandbox.oracle())["llamadas"] if c["clave"] == "k"]
    assert [c["fallo"] for c in calls] == ["error_500", "error_500", None]
    assert len({c["cuerpo_sha256"] for c in calls}) == 1


async def test_too_many_requests_says_when_to_come_back(sandbox: Sandbox) -> None:
    await strike(sandbox, "payment_get", "error_429")
    answer = await sandbox.api("GET", "/v1/payments/search")
    assert answer.status_code == 429 and answer.headers["retry-after"] == "1"


async def test_bodies_that_are_not_what_was_promised(sandbox: Sandbox) -> None:
    await strike(sandbox, "payment_get", "html_body")
    await strike(sandbox, "payment_get", "list_error")
    page = await sandbox.api("GET", "/v1/payments/1")
    assert page.status_code == 502 and page.headers["content-type"].startswith("text/html")
    listed = await sandbox.api("GET", "/v1/payments/1")
    assert listed.status_code == 500 and isinstance(listed.json(), list)


@pytest.mark.parametrize("operation", ["preference", "payment_get", "refund", "payout"])
async def test_each_operation_has_its_own_faults(sandbox: Sandbox, operation: str) -> None:
    payment_id = await sandbox.paid()
    await strike(sandbox, operation, "error_500")
    calls: dict[str, tuple[str, str, Any]] = {
        "preference": ("POST", "/checkout/preferences", {}),
        "payment_get": ("GET", f"/v1/payments/{payment_id}", None),
        "refund": ("POST", f"/v1/payments/{payment_id}/refunds", {}),
        "payout": ("POST", "/v1/transaction-intents/process", {}),
    }
    for name, (method, path, body) in calls.items():
        status = (await sandbox.api(method, path, body, key=name)).status_code
        assert (status == 500) == (name == operation)


async def test_a_call_without_a_token_uses_no_fault_up(sandbox: Sandbox) -> None:
    await strike(sandbox, "payment_get", "error_500")
    assert (await sandbox.api("GET", "/v1/payments/1", token="no")).status_code == 401
    assert (await sandbox.api("GET", "/v1/payments/1")).status_code == 500


@pytest.mark.parametrize(
    ("operation", "fault", "status"),
    [
        ("webhook", "error_500", 400),
        ("refund", "duplicate", 400),
        ("payout", "reorder", 400),
        ("x", "drop", 422),
        ("refund", "x", 422),
    ],
)
async def test_faults_that_make_no_sense(
    sandbox: Sandbox, operation: str, fault: str, status: int
) -> None:
    answer = await sandbox.control("/faults", operacion=operation, fallo=fault)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_slow_answers_in_the_end(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conectar.sandbox.gate.SLOW_S", 0.2)
    await strike(sandbox, "payment_get", "slow")
    started = time.monotonic()
    assert (await sandbox.api("GET", "/v1/payments/search")).status_code == 200
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(("fault", "done"), [("drop", False), ("timeout_after_success", True)])
async def test_a_connection_that_breaks(
    sandbox: Sandbox, world: World, monkeypatch: pytest.MonkeyPatch, fault: str, done: bool
) -> None:
    monkeypatch.setattr("conectar.sandbox.gate.HANG_S", 0.1)
    payment_id = await sandbox.paid()
    await strike(sandbox, "refund", fault)
    async with served(create_app(world)) as address, httpx.AsyncClient() as client:
        url = f"{address}/mercadopago/v1/payments/{payment_id}/refunds"
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(url, headers=KEY)
        status = (await sandbox.payment(payment_id))["status"]
        assert status == ("refunded" if done else "approved")
        again = await client.post(url, headers=KEY)
    assert again.status_code == 201
    call = [c for c in (await sandbox.oracle())["llamadas"] if c["clave"] == "key"][-1]
    assert call["repetida"] is done
    assert len((await sandbox.payment(payment_id))["refunds"]) == 1


async def test_a_client_that_gives_up_gets_the_answer_with_its_next_call(
    sandbox: Sandbox, world: World
) -> None:
    payment_id = await sandbox.paid()
    await strike(sandbox, "refund", "timeout_after_success")
    started = time.monotonic()
    async with world.running(), served(create_app(world)) as address, httpx.AsyncClient() as client:
        url = f"{address}/mercadopago/v1/payments/{payment_id}/refunds"
        with pytest.raises(httpx.ReadTimeout):
            await client.post(url, headers=KEY, timeout=0.2)
        assert (await client.post(url, headers=KEY)).status_code == 201
    assert time.monotonic() - started < HANG_S / 2, "the hanging call holds nobody up"
