"""What MercadoPago's adapter sends and how it reads what comes, over real sockets."""

import asyncio
import json
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from conectar.application.ports.outside import GatewaySilent
from conectar.application.ports.telemetry_context import CORRELATION_ID
from conectar.domain.kernel.ids import CheckoutId, RefundKey
from conectar.domain.kernel.money import Money
from conectar.sandbox import SandboxSettings, World, create_app

from .mercadopago import PAYMENT, TOKEN, canned, gateway_at, payment_json
from .support import MovableClock, http, preference_request, served

pytestmark = pytest.mark.anyio


async def test_the_environment_sends_nothing_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password thief")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with canned(http(200, json.dumps(payment_json()))) as (gateway, server):
        assert await gateway.payment(PAYMENT)
    assert server.requests[0][1]["authorization"] == f"Bearer {TOKEN}"


async def test_what_is_sent_to_the_byte() -> None:
    made = http(201, '{"id": "42-a", "init_point": "https://mp/x", "sandbox_init_point": "no"}')
    refunded = http(201, '{"id": 9, "status": "approved"}')
    async with canned(made, refunded, refunded) as (gateway, server):
        request = preference_request("15000.50", title="x" * 300)
        token = CORRELATION_ID.set("corr-1")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            preference = await gateway.open_preference(request)
        CORRELATION_ID.reset(token)
        whole, part = RefundKey(str(uuid4())), RefundKey(str(uuid4()))
        assert await gateway.refund(whole, PAYMENT, None) == "9"
        await gateway.refund(part, PAYMENT, Money.parse("0.29"))
    assert preference == ("42-a", "https://mp/x")
    (line, headers, body), second, third = server.requests
    assert line == "POST /checkout/preferences HTTP/1.1"
    assert headers["x-idempotency-key"] == str(request.checkout_id)
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["x-correlation-id"] == "corr-1" and "x-correlation-id" not in second[1]
    assert b'"unit_price": 15000.5}' in body
    assert json.loads(body) == {
        "items": [
            {
                "id": str(request.job_id),
                "title": "x" * 250,
                "quantity": 1,
                "currency_id": "ARS",
                "unit_price": 15000.5,
            }
        ],
        "payer": {"email": "ana@example.com"},
        "back_urls": dict.fromkeys(("success", "pending", "failure"), "http://127.0.0.1:1/ya"),
        "auto_return": "approved",
        "external_reference": str(request.checkout_id),
        "notification_url": "http://127.0.0.1:1/aviso?source_news=webhooks",
        "expires": True,
        "expiration_date_to": "2026-03-03T09:00:00.000-03:00",
    }
    assert second[0].startswith("POST /v1/payments/77/refunds ") and second[2] == b""
    assert second[1]["x-idempotency-key"] == str(whole)
    assert third[1]["x-idempotency-key"] == str(part) and third[2] == b'{"amount": 0.29}'
    assert server.connections == 1, "connections are kept"


async def test_a_search_reads_every_page_and_only_its_own() -> None:
    checkout = CheckoutId(uuid4())
    theirs = payment_json(id=999, external_reference="another")
    ours = [payment_json(id=n, external_reference=str(checkout)) for n in range(1, 251)]

    def page(results: list[dict[str, Any]]) -> bytes:
        return http(200, json.dumps({"paging": {"total": 251}, "results": results}))

    pages = (page(ours[:100]), page([*ours[100:199], theirs]), page(ours[199:]))
    async with canned(*pages) as (gateway, server):
        facts = await gateway.payments_of(checkout)
    assert [fact.id for fact in facts] == [str(n) for n in range(1, 251)]
    asked = [line.split()[1] for line, _, _ in server.requests]
    assert [url.rpartition("offset=")[2] for url in asked] == ["0", "100", "200"]
    assert all(f"external_reference={checkout}" in url for url in asked)


async def test_a_search_without_end_is_given_up() -> None:
    body = json.dumps({"paging": {"total": 10**9}, "results": [payment_json()]})
    async with canned(http(200, body)) as (gateway, server):
        with pytest.raises(GatewaySilent):
            await gateway.payments_of(CheckoutId(uuid4()))
    assert len(server.requests) == 20


async def test_charges_are_what_the_collector_bears_and_keeps_bearing() -> None:
    def charge(kind: str, payer: str, original: float, refunded: float) -> dict[str, Any]:
        amounts = {"original": original, "refunded": refunded}
        return {"type": kind, "accounts": {"from": payer, "to": "mp"}, "amounts": amounts}

    body = payment_json(
        status="a_new_word",
        status_detail=None,
        money_release_status="released",
        money_release_date="2026-03-20T08:00:00.000-04:00",
        fee_details=[
            {"type": "mercadopago_fee", "amount": 6.29, "fee_payer": "collector"},
            {"type": "other_fee", "amount": 1.1, "fee_payer": "collector"},
            {"type": "financing_fee", "amount": 20.5, "fee_payer": "payer"},
        ],
        charges_details=[
            charge("fee", "collector", 6.29, 0.29),
            charge("fee", "payer", 20.5, 20.5),
            charge("tax", "collector", 1.01, 0.01),
            charge("tax", "collector", 0.5, 0),
            charge("tax", "payer", 9, 0),
        ],
    )
    async with canned(http(200, json.dumps(body))) as (gateway, _):
        fact = await gateway.payment(PAYMENT)
    assert fact is not None and fact.status.value == "unknown" and fact.detail == ""
    assert (str(fact.fee), str(fact.taxes)) == ("7.10", "1.50")
    assert fact.released and fact.releases_at is not None
    assert fact.releases_at.isoformat() == "2026-03-20T12:00:00+00:00"


async def test_a_page_that_expired_can_not_be_paid(clock: MovableClock) -> None:
    settings = SandboxSettings(TOKEN, 42, "secret", "http://127.0.0.1:1/sandbox")
    world = World(settings, now=clock.now, advance=clock.advance)
    async with served(create_app(world)) as address, httpx.AsyncClient(base_url=address) as client:
        gateway = gateway_at(f"{address}/mercadopago")
        assert await gateway.health()
        until = clock.now() + timedelta(hours=1)
        preference = await gateway.open_preference(preference_request(expires_at=until))
        clock.skip(timedelta(hours=1))
        answer = await client.post(f"/checkout/{preference.id}", json={"resultado": "approved"})
        gateway.close()
    assert answer.status_code == 400


async def test_health_is_of_our_own_account() -> None:
    for body, expected in (('{"id": 42}', True), ('{"id": 43}', False), ("[]", False)):
        async with canned(http(200, body)) as (gateway, _):
            assert await gateway.health() is expected


async def test_more_calls_than_threads_all_get_their_answer() -> None:
    async with canned(http(200, json.dumps(payment_json()))) as (gateway, server):
        facts = await asyncio.gather(*(gateway.payment(PAYMENT) for _ in range(100)))
    assert len({fact.id for fact in facts if fact}) == 1
    assert len(server.requests) == 100 and server.connections <= 8
