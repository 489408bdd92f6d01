"""From the checkout page to a payment, and what happens to it from outside."""

from __future__ import annotations

import httpx
import pytest

from .support import COLLECTOR, Sandbox

pytestmark = pytest.mark.anyio
DAY_S = 86_400


async def test_an_approved_payment_as_mercadopago_shows_it(sandbox: Sandbox) -> None:
    payment = await sandbox.payment(await sandbox.paid(100))
    assert payment["status"] == "approved" and payment["status_detail"] == "accredited"
    assert payment["collector_id"] == COLLECTOR and payment["external_reference"] == "intent-1"
    assert payment["transaction_amount"] == 100 and payment["currency_id"] == "ARS"
    assert payment["transaction_details"]["net_received_amount"] == 92.71
    assert payment["fee_details"] == [
        {"type": "mercadopago_fee", "amount": 6.29, "fee_payer": "collector"}
    ]
    assert [c["amounts"] for c in payment["charges_details"]] == [
        {"original": 6.29, "refunded": 0},
        {"original": 1, "refunded": 0},
    ]
    assert payment["date_approved"] == "2026-03-02T08:00:00.000-04:00"
    assert payment["money_release_date"] == "2026-03-20T08:00:00.000-04:00"
    assert payment["money_release_status"] == "pending"
    assert payment["refunds"] == [] and payment["transaction_amount_refunded"] == 0
    assert await sandbox.account() == ("92.71", "0.00", "92.71")


@pytest.mark.parametrize("result", ["rejected", "pending"])
async def test_no_money_moves_without_approval(sandbox: Sandbox, result: str) -> None:
    payment = await sandbox.payment(await sandbox.paid(result=result))
    assert payment["status"] == result and payment["date_approved"] is None
    assert payment["fee_details"] == [] and payment["money_release_date"] is None
    assert await sandbox.account() == ("0.00", "0.00", "0.00")


@pytest.mark.parametrize("amount", [123.45, "123.45"])
async def test_a_buyer_may_pay_something_else(sandbox: Sandbox, amount: object) -> None:
    preference_id = await sandbox.preference(100)
    answer = await sandbox.control(
        f"/checkout/{preference_id}",
        resultado="approved",
        monto=amount,
        moneda="USD",
        referencia="foreign",
        collector_id=99,
    )
    payment = await sandbox.payment(answer.json()["payment_id"])
    assert payment["transaction_amount"] == 123.45 and payment["currency_id"] == "USD"
    assert payment["external_reference"] == "foreign" and payment["collector_id"] == 99
    assert await sandbox.account() == ("0.00", "0.00", "0.00")
    assert (await sandbox.refund(str(payment["id"]))).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"resultado": "maybe"},
        {"resultado": "approved", "x": 1},
        {"resultado": "approved", "monto": 0},
        {"resultado": "approved", "monto": -1},
        {"resultado": "approved", "monto": 1.001},
        {"resultado": "approved", "monto": "1e3"},
        {"resultado": "approved", "monto": "1_000"},
        {"resultado": "approved", "monto": True},
        {"resultado": "approved", "monto": " 1"},
        {"resultado": "approved", "monto": []},
        {"resultado": "approved", "moneda": "XXX"},
    ],
)
async def test_a_malformed_checkout_is_422(sandbox: Sandbox, body: dict[str, object]) -> None:
    preference_id = await sandbox.preference()
    answer = await sandbox.client.post(f"/checkout/{preference_id}", json=body)
    assert answer.status_code == 422, answer.text
    assert (await sandbox.oracle())["pagos"] == []


async def test_the_page_escapes_what_it_shows(sandbox: Sandbox) -> None:
    evil = '<script>alert("x")</script>'
    preference_id = await sandbox.preference(
        items=[{"title": evil, "quantity": 1, "currency_id": "ARS", "unit_price": 1234567.5}],
        back_urls={"success": 'https://x.example/?a=1"><script>'},
    )
    page = await sandbox.client.get(f"/checkout/{preference_id}")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text and "&lt;script&gt;" in page.text
    assert "ARS 1.234.567,50" in page.text and 'value="approved"' in page.text
    done = await sandbox.client.post(f"/checkout/{preference_id}", data={"resultado": "approved"})
    assert done.status_code == 201 and "Pago aprobado" in done.text
    assert "<script" not in done.text and "Volver al sitio" in done.text
    assert (await sandbox.client.get("/checkout/none")).status_code == 404
    assert (await sandbox.control("/checkout/none", resultado="approved")).status_code == 404


async def test_the_form_may_force_an_expired_preference(sandbox: Sandbox) -> None:
    preference_id = await sandbox.preference(
        expires=True, expiration_date_to="2026-03-01T00:00:00Z"
    )
    path, data = f"/checkout/{preference_id}", {"resultado": "pending"}
    assert "venció" in (await sandbox.client.get(path)).text
    assert (await sandbox.client.post(path, data=data)).status_code == 400
    assert (await sandbox.client.post(path, data={**data, "forzar": "true"})).status_code == 201


async def test_curl_may_forget_to_say_that_it_sends_json(sandbox: Sandbox) -> None:
    preference_id = await sandbox.preference()
    answer = await sandbox.client.post(
        f"/checkout/{preference_id}",
        content=b'{"resultado": "approved"}',
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 201
    assert answer.json()["payment_id"].isdecimal()


async def test_money_is_released_by_the_clock(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid()
    before = await sandbox.payment(payment_id)
    await sandbox.control("/clock", avanzar_segundos=18 * DAY_S - 1)
    assert await sandbox.account() == ("92.71", "0.00", "92.71")
    moved = await sandbox.control("/clock", avanzar_segundos=1)
    assert moved.json() == {"ahora": "2026-03-20T12:00:00.000Z"}
    after = await sandbox.payment(payment_id)
    assert after["money_release_status"] == "released"
    assert after["date_last_updated"] > before["date_last_updated"]
    assert await sandbox.account() == ("0.00", "92.71", "92.71")
    assert (await sandbox.move(payment_id, "release")).status_code == 400


async def test_money_can_be_released_early(sandbox: Sandbox) -> None:
    payment = await sandbox.moved(await sandbox.paid(), "release")
    assert payment["money_release_status"] == "released"
    assert payment["money_release_date"] == "2026-03-02T08:00:00.000-04:00"
    assert await sandbox.account() == ("0.00", "92.71", "92.71")


async def test_a_pending_payment_is_approved_rejected_or_cancelled(sandbox: Sandbox) -> None:
    approved = await sandbox.moved(await sandbox.paid(result="pending"), "approve")
    assert approved["status"] == "approved"
    rejected = await sandbox.moved(await sandbox.paid(result="pending"), "reject")
    assert rejected["status"] == "rejected"
    pending = await sandbox.paid(result="pending")
    path = f"/v1/payments/{pending}"
    assert (await sandbox.api("PUT", path, {"status": "approved"})).status_code == 400
    cancelled = await sandbox.api("PUT", path, {"status": "cancelled"})
    assert cancelled.status_code == 200 and cancelled.json()["status"] == "cancelled"
    refused = await sandbox.api("PUT", path, {"status": "cancelled"})
    assert refused.status_code == 400 and refused.json()["cause"][0]["code"] == 2063
    assert (await sandbox.move(pending, "approve")).status_code == 400


async def test_every_change_has_a_later_date(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid(result="pending")
    actions = ("approve", "mediate", "approve", "charge_back", "settle", "reimburse")
    first = (await sandbox.payment(payment_id))["date_last_updated"]
    seen = [first] + [(await sandbox.moved(payment_id, a))["date_last_updated"] for a in actions]
    assert seen == sorted(set(seen))


async def test_a_mediation_blocks_and_is_won_or_lost(sandbox: Sandbox) -> None:
    won = await sandbox.paid()
    assert (await sandbox.moved(won, "mediate"))["status"] == "in_mediation"
    assert (await sandbox.refund(won)).status_code == 400
    await sandbox.control("/clock", avanzar_segundos=20 * DAY_S)
    assert await sandbox.account() == ("92.71", "0.00", "92.71"), "frozen money isn't released"
    assert (await sandbox.moved(won, "approve"))["status"] == "approved"
    assert await sandbox.account() == ("0.00", "92.71", "92.71")
    lost = await sandbox.moved(await sandbox.paid(), "mediate", "refund")
    assert lost["status"] == "refunded" and lost["transaction_amount_refunded"] == 100
    assert lost["charges_details"][0]["amounts"] == {"original": 6.29, "refunded": 6.29}
    assert await sandbox.account() == ("0.00", "92.71", "92.71")


async def test_a_chargeback_takes_the_money_and_may_give_it_back(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid()
    frozen = await sandbox.moved(payment_id, "charge_back")
    assert (frozen["status"], frozen["status_detail"]) == ("charged_back", "in_process")
    assert (await sandbox.refund(payment_id)).status_code == 400
    assert await sandbox.account() == ("92.71", "0.00", "92.71")
    settled = await sandbox.moved(payment_id, "settle")
    assert settled["status_detail"] == "settled"
    assert await sandbox.account() == ("0.00", "-7.29", "-7.29")
    found = (await sandbox.api("GET", f"/v1/chargebacks/search?payment_id={payment_id}")).json()
    assert found["paging"]["total"] == 1
    chargeback = found["results"][0]
    assert chargeback["amount"] == 100 and chargeback["coverage_applied"] is False
    read = await sandbox.api("GET", f"/v1/chargebacks/{chargeback['id']}")
    assert read.json() == chargeback
    back = await sandbox.moved(payment_id, "reimburse")
    assert back["status_detail"] == "reimbursed"
    assert await sandbox.account() == ("100.00", "-7.29", "92.71")
    row = (await sandbox.oracle())["pagos"][0]
    assert (row["contracargado"], row["devuelto_contracargo"]) == ("100.00", "100.00")
    await sandbox.control("/clock", avanzar_segundos=18 * DAY_S)
    assert await sandbox.account() == ("0.00", "92.71", "92.71")


async def test_a_chargeback_that_is_won_at_once_moves_nothing(sandbox: Sandbox) -> None:
    payment = await sandbox.moved(await sandbox.paid(), "charge_back", "reimburse")
    assert payment["status_detail"] == "reimbursed"
    assert await sandbox.account() == ("92.71", "0.00", "92.71")
    assert (await sandbox.moved(str(payment["id"]), "charge_back"))["status_detail"] == "in_process"


async def test_a_chargeback_after_a_refund_is_paid_twice(sandbox: Sandbox) -> None:
    payment_id = await sandbox.paid()
    await sandbox.refund(payment_id)
    assert (await sandbox.move(payment_id, "charge_back", monto="40.00")).status_code == 200
    await sandbox.moved(payment_id, "settle")
    assert await sandbox.account() == ("0.00", "-40.00", "-40.00")


@pytest.mark.parametrize(
    ("before", "action"),
    [
        ([], "approve"),
        ([], "reject"),
        ([], "settle"),
        ([], "reimburse"),
        (["mediate"], "mediate"),
        (["mediate"], "release"),
        (["charge_back"], "approve"),
        (["charge_back"], "refund"),
        (["charge_back"], "charge_back"),
        (["charge_back", "settle"], "settle"),
        (["charge_back", "settle"], "charge_back"),
        (["refund"], "refund"),
        (["refund"], "mediate"),
        (["refund"], "release"),
    ],
)
async def test_impossible_moves_are_refused_in_spanish(
    sandbox: Sandbox, before: list[str], action: str
) -> None:
    payment_id = await sandbox.paid()
    payment = await sandbox.moved(payment_id, *before)
    answer = await sandbox.move(payment_id, action)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] == "MOVIMIENTO_IMPOSIBLE" and "pago" in answer.json()["detail"]
    assert await sandbox.payment(payment_id) == payment


async def test_search_sorts_and_pages(sandbox: Sandbox) -> None:
    preference_id = await sandbox.preference()
    ids = []
    for result in ("rejected", "pending", "approved"):
        answer = await sandbox.control(f"/checkout/{preference_id}", resultado=result)
        ids.append(int(answer.json()["payment_id"]))
        await sandbox.control("/clock", avanzar_segundos=60)
    await sandbox.paid(external_reference="other")

    async def search(query: str) -> httpx.Response:
        return await sandbox.api("GET", f"/v1/payments/search?{query}")

    newest = (await search("external_reference=intent-1")).json()
    assert newest["paging"] == {"total": 3, "limit": 30, "offset": 0}
    assert [row["id"] for row in newest["results"]] == ids[::-1]
    page = (
        await search("external_reference=intent-1&sort=date_created&criteria=asc&offset=1&limit=1")
    ).json()
    assert [row["id"] for row in page["results"]] == [ids[1]]
    assert (await search("external_reference=none")).json()["results"] == []
    assert (await search("status=approved")).json()["paging"]["total"] == 2
    for wrong in ("sort=x", "criteria=up", "offset=-1", "limit=5000", "limit=a", "foo=1"):
        assert (await search(wrong)).status_code == 400, wrong
