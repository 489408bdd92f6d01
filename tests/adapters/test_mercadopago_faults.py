"""What MercadoPago's adapter makes of a world that isn't well: real sockets, canned answers."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from conectar.adapters.outbound.mercadopago.gateway import MercadoPagoGateway
from conectar.application.ports.outside import GatewayRefused, GatewaySilent
from conectar.domain.kernel.ids import CheckoutId, PaymentId, RefundKey
from conectar.domain.kernel.money import Money
from conectar.sandbox import SandboxSettings, World, create_app

from .mercadopago import HTML, PAYMENT, TOKEN, canned, gateway_at, payment_json
from .support import MovableClock, http, preference_request, served

pytestmark = pytest.mark.anyio
NO_ANSWERS = {
    "server error": http(500, '{"message": "internal_error", "status": 500}'),
    "bad gateway page": http(502, "<h1>502</h1>", "text/html"),
    "page with 200": HTML,
    "page with 404": http(404, "<h1>404</h1>", "text/html"),
    "page with 400": http(400, "no", "text/plain"),
    "list with 400": http(400, '[{"code": "x"}]'),
    "nothing with 404": http(404),
    "nothing with 200": http(200),
    "too many": http(429, '{"message": "slow down", "status": 429}', more="retry-after: 1\r\n"),
    "locked": http(423, '{"message": "locked", "error": "resource_locked", "status": 423}'),
    "token gone": http(401, '{"message": "invalid access token", "status": 401}'),
    "in progress": http(409, '{"message": "", "error": "refund_in_progress", "status": 409}'),
    "redirect": http(302, more="location: /thief\r\n"),
    "half a document": http(200, '{"id": 77, "status'),
    "a word": http(200, '"approved"'),
    "a list": http(200, "[]"),
    "not a number": http(200, '{"id": 77, "transaction_amount": NaN}'),
    "far too deep": http(200, "[" * 100_000),
    "cut": b"",
    "cut in the middle": b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
}

CALLS: dict[str, Callable[[MercadoPagoGateway], Any]] = {
    "preference": lambda g: g.open_preference(preference_request()),
    "payment": lambda g: g.payment(PAYMENT),
    "search": lambda g: g.payments_of(CheckoutId(uuid4())),
    "refund": lambda g: g.refund(RefundKey(str(uuid4())), PAYMENT, Money.parse("1")),
    "whole refund": lambda g: g.refund(RefundKey(str(uuid4())), PAYMENT, None),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("answer", NO_ANSWERS)
async def test_what_tells_nothing_is_silence(answer: str, call: str) -> None:
    async with canned(NO_ANSWERS[answer]) as (gateway, server):
        with pytest.raises(GatewaySilent):
            await CALLS[call](gateway)
        assert server.requests and not await gateway.health()
        assert not any("thief" in line for line, _, _ in server.requests)


@pytest.mark.parametrize("call", CALLS)
async def test_a_timeout_is_silence_and_no_second_try(call: str) -> None:
    async with canned(b"") as (gateway, server):
        server.silent = True
        started = time.perf_counter()
        with pytest.raises(GatewaySilent):
            await CALLS[call](gateway)
        assert time.perf_counter() - started < 2 and len(server.requests) == 1


async def test_an_answer_that_trickles_does_not_hold_the_caller() -> None:
    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n")
        try:
            for _number in range(90):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.2)
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    gateway = gateway_at(f"http://{host}:{port}")
    started = time.perf_counter()
    with pytest.raises(GatewaySilent):
        await gateway.payment(PAYMENT)
    assert time.perf_counter() - started < 8
    server.close()
    gateway.close()


async def test_nobody_listens() -> None:
    gateway = gateway_at("http://127.0.0.1:1")
    with pytest.raises(GatewaySilent):
        await gateway.payment(PAYMENT)
    assert not await gateway.health()
    gateway.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"transaction_amount": "100"},
        {"transaction_amount": None},
        {"transaction_amount": 0.001},
        {"transaction_amount": -1},
        {"transaction_amount": True},
        {"currency_id": None},
        {"currency_id": "pesos"},
        {"status": 1},
        {"date_last_updated": None},
        {"date_last_updated": "2026-03-02T08:00:00"},
        {"date_approved": "yesterday"},
        {"collector_id": None},
        {"fee_details": [{"fee_payer": "collector"}]},
        {"fee_details": "none"},
        {"charges_details": [{"type": "tax", "accounts": {"from": "collector"}}]},
        {"id": None},
        {"id": 78},
    ],
)
async def test_a_payment_that_is_not_as_documented_is_silence(changes: dict[str, Any]) -> None:
    body = json.dumps(payment_json(**changes))
    async with canned(http(200, body)) as (gateway, _):
        with pytest.raises(GatewaySilent):
            await gateway.payment(PAYMENT)


@pytest.mark.parametrize("amount", ["1e999999999", "1" * 5_000, "1e-999999999", "9" * 17])
async def test_an_endless_number_is_silence_at_once(amount: str) -> None:
    body = json.dumps(payment_json()).replace('_amount": 100', f'_amount": {amount}')
    async with canned(http(200, body)) as (gateway, _):
        started = time.perf_counter()
        with pytest.raises(GatewaySilent):
            await gateway.payment(PAYMENT)
        assert time.perf_counter() - started < 1


async def test_a_definite_no_to_a_preference() -> None:
    error = {"message": "unit_price invalid", "error": "invalid_items", "status": 400, "cause": []}
    async with canned(http(400, json.dumps(error))) as (gateway, _):
        with pytest.raises(GatewayRefused) as refusal:
            await gateway.open_preference(preference_request())
    facts = {"status": 400, "message": "invalid_items: unit_price invalid"}
    assert refusal.value.facts == facts


LOST = payment_json(status="charged_back", status_detail="settled")


def chargeback_json(**changes: Any) -> dict[str, Any]:
    known = {"id": "9", "payments": [77], "amount": 10.5, "currency": "ARS"}
    return known | {"coverage_applied": False} | changes


def page(*found: dict[str, Any], total: int | None = None) -> bytes:
    paging = {"total": len(found) if total is None else total, "offset": 0, "limit": 100}
    return http(200, json.dumps({"paging": paging, "results": found}))


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (page(), "0"),
        (page(chargeback_json()), "10.5"),
        (page(chargeback_json(), chargeback_json(id="10", amount=1)), "11.5"),
        (page(chargeback_json(coverage_applied=None)), "0"),
        (page(chargeback_json(coverage_applied=True)), "0"),
        (page(chargeback_json(coverage_applied=True), chargeback_json(amount=3)), "3"),
    ],
)
async def test_how_much_a_lost_chargeback_took_stands_with_the_chargebacks(
    answer: bytes, taken: str
) -> None:
    async with canned(http(200, json.dumps(LOST)), answer) as (gateway, server):
        fact = await gateway.payment(PAYMENT)
    assert fact is not None and fact.taken == Money.parse(taken)
    asked = [line.split()[1].partition("?") for line, _, _ in server.requests]
    assert [path for path, _, _ in asked] == ["/v1/payments/77", "/v1/chargebacks/search"]
    assert "payment_id=77" in asked[1][2]


@pytest.mark.parametrize(
    "answer",
    [
        http(500),
        http(404, '{"message": "no", "error": "not_found", "status": 404}'),
        HTML,
        page(chargeback_json(payments=[78])),
        page(chargeback_json(payments=77)),
        page(chargeback_json(currency="USD")),
        page(chargeback_json(amount="10.5")),
        page(chargeback_json(amount=10.005)),
        page(chargeback_json(amount=-1)),
        page(chargeback_json(), total=2),
    ],
)
async def test_what_chargebacks_cannot_be_read_the_payment_is_not_believed(answer: bytes) -> None:
    async with canned(http(200, json.dumps(LOST)), answer) as (gateway, _):
        with pytest.raises(GatewaySilent):
            await gateway.payment(PAYMENT)


@pytest.mark.parametrize("detail", ["in_process", "reimbursed", "something new"])
async def test_one_that_was_lost_before_is_not_forgotten(detail: str) -> None:
    again = payment_json(status="charged_back", status_detail=detail)
    listed = page(chargeback_json(amount=3), chargeback_json(id="10", coverage_applied=None))
    async with canned(http(200, json.dumps(again)), listed) as (gateway, _):
        fact = await gateway.payment(PAYMENT)
    assert fact is not None and fact.taken == Money(3_00)


@pytest.mark.parametrize("status", ["approved", "in_mediation", "refunded"])
async def test_only_what_was_charged_back_is_asked_about(status: str) -> None:
    async with canned(http(200, json.dumps(payment_json(status=status)))) as (gateway, _):
        fact = await gateway.payment(PAYMENT)
    assert fact is not None and fact.taken == Money.ZERO


NO = http(400, '{"message": "no", "error": "bad_request", "status": 400}')
REFUNDED_10 = {"transaction_amount_refunded": 10, "refunds": [{"id": 5, "amount": 10}]}


@pytest.mark.parametrize(
    ("amount", "payment", "error"),
    [
        ("20", payment_json(), GatewayRefused),
        ("20", payment_json(**REFUNDED_10), GatewayRefused),
        ("10", payment_json(**REFUNDED_10), GatewaySilent),
        ("20", payment_json(transaction_amount_refunded=10, refunds=None), GatewaySilent),
        (None, payment_json(**REFUNDED_10), GatewayRefused),
        (None, payment_json(transaction_amount_refunded=100), GatewaySilent),
    ],
)
async def test_a_no_to_a_refund_counts_only_with_proof(
    amount: str | None, payment: dict[str, Any], error: type[Exception]
) -> None:
    async with canned(NO, http(200, json.dumps(payment))) as (gateway, server):
        with pytest.raises(error):
            await gateway.refund(
                RefundKey(str(uuid4())), PAYMENT, None if amount is None else Money.parse(amount)
            )
    assert [line.split()[0] for line, _, _ in server.requests] == ["POST", "GET"]


@pytest.mark.parametrize("second", [b"", HTML, http(500), http(429, "{}")])
async def test_a_no_without_proof_is_silence(second: bytes) -> None:
    async with canned(NO, second) as (gateway, _):
        with pytest.raises(GatewaySilent):
            await gateway.refund(RefundKey(str(uuid4())), PAYMENT, None)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"id": 9, "status": "rejected"}, GatewayRefused),
        ({"id": 9, "status": "in_process"}, GatewaySilent),
        ({"id": 9}, GatewaySilent),
        ({"status": "approved"}, GatewaySilent),
        ({"id": True, "status": "approved"}, GatewaySilent),
    ],
)
async def test_a_refund_counts_when_it_is_approved(
    body: dict[str, Any], error: type[Exception]
) -> None:
    async with canned(http(201, json.dumps(body))) as (gateway, _):
        with pytest.raises(error):
            await gateway.refund(RefundKey(str(uuid4())), PAYMENT, None)


SANDBOX_FAULTS = ("error_500", "error_429", "timeout_after_success", "drop", "html_body")


@pytest.mark.parametrize("fault", [*SANDBOX_FAULTS, "list_error", "slow"])
async def test_a_refund_happens_once_whatever_goes_wrong(fault: str, clock: MovableClock) -> None:
    settings = SandboxSettings(TOKEN, 42, "secret", "http://127.0.0.1:1/sandbox")
    world = World(settings, now=clock.now, advance=clock.advance)
    async with served(create_app(world)) as address, httpx.AsyncClient(base_url=address) as client:
        gateway = gateway_at(f"{address}/mercadopago", read_timeout_s=1.0)
        preference = await gateway.open_preference(preference_request("100"))
        paid = await client.post(f"/checkout/{preference.id}", json={"resultado": "approved"})
        id, refund = PaymentId(paid.json()["payment_id"]), RefundKey(str(uuid4()))
        body = {"operacion": "refund", "fallo": fault, "veces": 1}
        assert (await client.post("/faults", json=body)).is_success
        with pytest.raises(GatewaySilent):
            await gateway.refund(refund, id, Money.parse("10"))
        await asyncio.sleep(2.5 if fault == "slow" else 0)
        assert await gateway.refund(refund, id, Money.parse("10"))
        fact = await gateway.payment(id)
        gateway.close()
    assert fact is not None and fact.refunded == Money.parse("10")
