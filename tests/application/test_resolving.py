"""A refund on a person's list: tried again, confirmed, or paid by bank; never by a mere word."""

import pytest

from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.ports.outside import GatewayRefused
from conectar.application.queries.jobs import GetJobTimeline
from conectar.application.views.money import RefundView
from conectar.domain.kernel.errors import WrongRole
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.payments.refund import EvidenceNeeded, RefundNotResolvable, Resolution
from tests import actors
from tests.application.rooms import START, script
from tests.application.test_refunds import (
    PLAN,
    SILENCE,
    E,
    S,
    accounts,
    cancelled,
    client_line,
    escrow,
    intent,
    refunded,
    sweep,
)
from tests.backends import House


async def handed_over(home: House) -> tuple[actors.JobView, PaymentId]:
    """An intent on the list."""
    job, payment = await cancelled(home)
    script(home).fail("refund", GatewayRefused(status=400))
    await sweep(home)
    return job, payment


async def resolve(home: House, how: Resolution, evidence: str | None = "C-1") -> RefundView:
    """An administrator says so."""
    id = (await intent(home)).id
    agreed = await home.core.execute(
        ResolveRefund(
            refund_id=id, resolution=how, evidence=evidence, reason="visto", actor=home.admin
        )
    )
    assert agreed.done is not None and agreed.proposal is None
    return agreed.done


async def test_after_a_refusal_it_is_tried_under_a_new_key_with_the_whole_plan(
    still: House,
) -> None:
    """The gateway would answer the refused key the same for ever, and nothing had happened."""
    job, payment = await handed_over(still)
    assert (await resolve(still, Resolution.RETRY, None)).status is S.UNKNOWN
    script(still).fail("refund", SILENCE)
    await sweep(still)
    assert (await intent(still)).next_at == START + PLAN.resend[0]
    still.clock.advance(PLAN.resend[0])
    await sweep(still)
    first, second, third = script(still).sent("refund")
    assert first != second == third
    assert await escrow(still, job) == (E.REFUNDED, 4)
    assert await refunded(still, payment) == actors.PRICE


async def test_after_silence_it_is_tried_under_the_same_key(still: House) -> None:
    """Nobody knows whether it happened, so only the same key is safe."""
    job, payment = await cancelled(still)
    script(still).fail("refund", *[SILENCE] * (1 + len(PLAN.resend)))
    while (found := await intent(still)).status is not S.MANUAL:
        still.clock.advance((found.next_at or still.clock.now()) - still.clock.now())
        await sweep(still)
    await resolve(still, Resolution.RETRY, None)
    await sweep(still)
    assert len(set(script(still).sent("refund"))) == 1
    assert await escrow(still, job) == (E.REFUNDED, 4)
    assert await refunded(still, payment) == actors.PRICE


async def test_confirmed_it_left_from_the_gateway(still: House) -> None:
    job, _ = await handed_over(still)
    before = await accounts(still)
    assert (await resolve(still, Resolution.CONFIRMED)).status is S.SUCCEEDED
    books = await accounts(still)
    assert books.get("gateway_unreleased", 0) == before["gateway_unreleased"] - actors.PRICE.cents
    assert "refund_pending" not in books and "bank" not in books
    assert await escrow(still, job) == (E.REFUNDED, 4)
    steps = await still.core.execute(GetJobTimeline(job_id=job.id, actor=still.admin))
    assert steps[-1].actor == still.admin.user_id


async def test_by_bank_transfer_it_left_from_the_bank(still: House) -> None:
    job, _ = await handed_over(still)
    before = await accounts(still)
    shown = await resolve(still, Resolution.BANK_TRANSFER)
    assert shown.status is S.SUCCEEDED and shown.evidence == "C-1: visto"
    books = await accounts(still)
    assert books["bank"] == -actors.PRICE.cents
    assert books["gateway_unreleased"] == before["gateway_unreleased"]
    assert "refund_pending" not in books
    assert await escrow(still, job) == (E.REFUNDED, 4)
    assert await client_line(still) is MovementStatus.COMPLETED


@pytest.mark.parametrize("how", [Resolution.CONFIRMED, Resolution.BANK_TRANSFER])
@pytest.mark.parametrize("evidence", [None, ""])
async def test_nobodys_word_is_enough(still: House, how: Resolution, evidence: str | None) -> None:
    job, _ = await handed_over(still)
    with pytest.raises(EvidenceNeeded):
        await resolve(still, how, evidence)
    assert (await intent(still)).status is S.MANUAL
    assert await escrow(still, job) == (E.REFUNDING, 3)


@pytest.mark.parametrize("how", list(Resolution))
async def test_only_what_waits_for_a_person_and_only_by_an_administrator(
    still: House, how: Resolution
) -> None:
    job, _ = await cancelled(still)
    with pytest.raises(RefundNotResolvable):
        await resolve(still, how)
    script(still).fail("refund", GatewayRefused(status=400))
    await sweep(still)
    ana = actors.Actor(actors.Role.CLIENT, job.client_id)
    with pytest.raises(WrongRole):
        await still.core.execute(
            ResolveRefund(
                refund_id=(await intent(still)).id,
                resolution=how,
                evidence="C-1",
                reason="quiero",
                actor=ana,
            )
        )
    await resolve(still, Resolution.CONFIRMED)
    with pytest.raises(RefundNotResolvable):
        await resolve(still, how)


async def test_paid_by_bank_and_then_by_the_gateway_too_is_seen(still: House) -> None:
    """The client has it twice: no row for that, so a person must look."""
    _, payment = await handed_over(still)
    await resolve(still, Resolution.BANK_TRANSFER)
    still.gateway.change(payment, "refunded", refunded=actors.PRICE)
    await actors.notice(still, payment)
    async with still.store.reading() as read:
        kept = await read.payment(payment)
    assert kept is not None and kept.flag is not None
