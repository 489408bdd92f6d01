"""Refunds and payouts: what may leave the account."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from .support import Sandbox

pytestmark = pytest.mark.anyio
DAY_S = 86_400


async def test_a_full_refund_gives_everything_back(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    answer = await sandbox.refund(payment_id)
    assert answer.status_code == 201
    refund = answer.json()
    assert refund["id"] != refund["payment_id"]
    assert refund["payment_id"] == int(payment_id) and refund["amount"] == 100
    assert refund["status"] == "approved" and refund["refund_mode"] == "standard"
    payment = await sandbox.payment(payment_id)
    assert (payment["status"], payment["transaction_amount_refunded"]) == ("refunded", 100)
    assert payment["refunds"] == [refund]
    assert [c["amounts"]["refunded"] for c in payment["charges_details"]] == [6.29, 1]
    path = f"/v1/payments/{payment_id}/refunds"
    assert (await sandbox.api("GET", path)).json() == [refund]
    assert (await sandbox.api("GET", f"{path}/{refund['id']}")).json() == refund
    missing = await sandbox.api("GET", f"{path}/1")
    assert missing.status_code == 404 and missing.json()["cause"][0]["code"] == 2032
    assert await sandbox.account() == ("0.00", "0.00", "0.00")
    assert (await sandbox.oracle())["pagos"][0]["reembolsado"] == "100.00"


async def test_partial_refunds_add_up_to_a_full_one(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    assert (await sandbox.refund(payment_id, 30.1)).status_code == 201
    partial = await sandbox.payment(payment_id)
    assert (partial["status"], partial["status_detail"]) == ("approved", "partially_refunded")
    assert partial["transaction_amount_refunded"] == 30.1
    assert partial["charges_details"][0]["amounts"]["refunded"] == 0
    assert await sandbox.account() == ("62.61", "0.00", "62.61")
    over = await sandbox.refund(payment_id, 69.91)
    assert over.status_code == 400 and over.json()["error"] == "refund_amount_exceeds"
    assert (await sandbox.refund(payment_id)).json()["amount"] == 69.9
    assert (await sandbox.payment(payment_id))["status"] == "refunded"
    assert (await sandbox.refund(payment_id, 0.01)).status_code == 400
    assert await sandbox.account() == ("0.00", "0.00", "0.00")


async def test_the_account_must_have_the_money(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    short = await sandbox.refund(payment_id, 95)
    assert short.status_code == 400 and "nsufficient" in short.json()["message"]
    await sandbox.moved(await sandbox.paid(10, external_reference="other"), "release")
    assert (await sandbox.refund(payment_id, 95)).status_code == 201
    assert await sandbox.account() == ("0.00", "6.98", "6.98")
    assert (await sandbox.refund(payment_id)).json()["amount"] == 5
    assert await sandbox.account() == ("0.00", "9.27", "9.27")


async def test_money_that_left_can_not_be_refunded(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    await sandbox.moved(payment_id, "release")
    assert (await sandbox.payout(92.71)).status_code == 202
    assert (await sandbox.refund(payment_id)).status_code == 400
    outside = await sandbox.move(payment_id, "refund")
    assert outside.status_code == 400 and "MercadoPago" in outside.json()["detail"]


async def test_a_refund_from_outside(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    assert (await sandbox.move(payment_id, "refund", monto="12.50")).status_code == 200
    payment = await sandbox.payment(payment_id)
    assert payment["transaction_amount_refunded"] == 12.5
    assert payment["refunds"][0]["source"]["name"] == "MercadoPago"
    assert (await sandbox.move(payment_id, "refund", monto=87.51)).status_code == 400
    assert (await sandbox.moved(payment_id, "refund"))["status"] == "refunded"


async def test_refunds_end_after_180_days(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    await sandbox.control("/clock", avanzar_segundos=180 * DAY_S)
    assert (await sandbox.refund(payment_id, 1)).status_code == 201
    await sandbox.control("/clock", avanzar_segundos=1)
    late = await sandbox.refund(payment_id, 1)
    assert late.status_code == 400 and late.json()["cause"][0]["code"] == 2024


@pytest.mark.parametrize("amount", [0, -1, "5", True, 1.005, [], 1e300])
async def test_an_odd_amount_is_refused(sandbox: Sandbox, amount: Any) -> None:
    assert (await sandbox.refund(await sandbox.paid(), amount)).status_code == 400


@pytest.mark.parametrize("result", ["pending", "rejected"])
async def test_only_approved_payments_are_refunded(sandbox: Sandbox, result: str) -> None:
    answer = await sandbox.refund(await sandbox.paid(result=result))
    assert answer.status_code == 400 and answer.json()["cause"][0]["code"] == 2063


async def test_a_refund_needs_a_key(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid()
    answer = await sandbox.api("POST", f"/v1/payments/{payment_id}/refunds")
    assert answer.status_code == 400 and answer.json()["cause"][0]["code"] == 4292
    for key in ("", "k" * 65):
        answer = await sandbox.api("POST", f"/v1/payments/{payment_id}/refunds", key=key)
        assert answer.status_code == 400
    assert (await sandbox.payment(payment_id))["status"] == "approved"


async def test_the_same_key_refunds_once(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    first = await sandbox.refund(payment_id, 10, "key")
    again = await sandbox.refund(payment_id, 10.0, "key")
    assert (again.status_code, again.content) == (201, first.content)
    other = await sandbox.refund(payment_id, 11, "key")
    assert other.status_code == 409 and other.json()["status"] == 409
    elsewhere = await sandbox.refund(await sandbox.paid(), 10, "key")
    assert elsewhere.status_code == 409
    assert (await sandbox.payment(payment_id))["transaction_amount_refunded"] == 10
    calls = [c for c in (await sandbox.oracle())["llamadas"] if c["clave"] == "key"]
    assert [(c["estado"], c["repetida"]) for c in calls] == [
        (201, False),
        (201, True),
        (409, False),
        (409, False),
    ]


async def test_a_refusal_is_an_answer_that_is_repeated(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(result="pending")
    first = await sandbox.refund(payment_id, key="key")
    await sandbox.moved(payment_id, "approve")
    again = await sandbox.refund(payment_id, key="key")
    assert (again.status_code, again.content) == (400, first.content)
    assert (await sandbox.refund(payment_id)).status_code == 201


async def test_a_key_in_use_is_locked(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conectar.sandbox.gate.SLOW_S", 0.2)
    payment_id = await sandbox.paid(100)
    await sandbox.control("/faults", operacion="refund", fallo="slow", veces=1)
    slow = asyncio.create_task(sandbox.refund(payment_id, 10, "key"))
    await asyncio.sleep(0.05)
    locked = await sandbox.refund(payment_id, 10, "key")
    assert locked.status_code == 423 and locked.json()["error"] == "resource_locked"
    assert (await slow).status_code == 201
    assert (await sandbox.refund(payment_id, 10, "key")).content == (await slow).content


async def test_a_payout_takes_available_money_only(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    refused = await sandbox.payout(50)
    assert refused.status_code == 400 and refused.json()["error"] == "insufficient_funds"
    await sandbox.moved(payment_id, "release")
    sent = await sandbox.payout(50.5, "payout-key")
    assert sent.status_code == 202
    payout = sent.json()
    assert payout["status"] == "approved" and payout["transaction"]["paid_amount"] == 50.5
    assert (await sandbox.payout(50.5, "payout-key")).content == sent.content
    path = "/v1/transaction-intents"
    assert (await sandbox.api("GET", f"{path}/{payout['id']}")).json() == payout
    found = await sandbox.api("GET", f"{path}/search?external_reference=payout-1")
    assert found.json()["results"] == [payout]
    assert await sandbox.account() == ("0.00", "42.21", "42.21")
    assert (await sandbox.payout(42.22)).status_code == 400


async def test_a_blocked_payment_blocks_payouts(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(100)
    await sandbox.moved(payment_id, "release", "mediate")
    assert (await sandbox.oracle())["cuenta"]["saldo_bloqueado"] == "92.71"
    assert (await sandbox.payout(1)).status_code == 400
    await sandbox.moved(payment_id, "approve")
    assert (await sandbox.payout(1)).status_code == 202


async def test_the_bank_may_refuse_wait_or_send_back(sandbox: Sandbox) -> None:
    await sandbox.moved(await sandbox.paid(100), "release")
    await sandbox.control("/payouts", proximo="rejected")
    await sandbox.control("/payouts", proximo="pending", veces=2)
    assert (await sandbox.payout(10)).json()["status"] == "rejected"
    assert await sandbox.account() == ("0.00", "92.71", "92.71")
    first, second = [(await sandbox.payout(10)).json() for _ in range(2)]
    assert first["status"] == "pending"
    assert await sandbox.account() == ("0.00", "72.71", "72.71")
    decided = await sandbox.control(f"/payouts/{first['id']}", accion="reject")
    assert decided.json()["estado"] == "rejected"
    assert (await sandbox.control(f"/payouts/{second['id']}", accion="return")).status_code == 400
    await sandbox.control(f"/payouts/{second['id']}", accion="approve")
    await sandbox.control(f"/payouts/{second['id']}", accion="return")
    back = (await sandbox.api("GET", f"/v1/transaction-intents/{second['id']}")).json()
    assert (back["status"], back["transaction"]["refunded_amount"]) == ("refunded", 10)
    assert await sandbox.account() == ("0.00", "92.71", "92.71")
    assert [p["pagado"] for p in (await sandbox.oracle())["payouts"]] == ["0.00"] * 3


@pytest.mark.parametrize(
    "account",
    [
        {"number": "123"},
        {"number": 5},
        {"type": "alias", "number": "a"},
        {"owner": {}},
        {"owner": {"identification": {"type": "DNI", "number": "1"}}},
        {"amount": 2},
        {"currency_id": "USD"},
    ],
)
async def test_a_malformed_payout_is_refused(sandbox: Sandbox, account: dict[str, Any]) -> None:
    await sandbox.moved(await sandbox.paid(), "release")
    assert (await sandbox.payout(1, **account)).status_code == 400
    assert (await sandbox.payout(1, type="alias", number="mi.alias.mp")).status_code == 202
