"""The gateway does something with held money by itself, and the job follows."""

from datetime import timedelta
from itertools import permutations

import pytest

from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.payments.run_refund import ClaimRefund, RecordRefund
from conectar.application.ports.outside import GatewayRefused, GatewaySilent
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.domain.jobs.lifecycle import EscrowStatus, FrozenBy, JobStatus
from conectar.domain.jobs.refusals import PaymentFrozen
from conectar.domain.payments.payment import Flag
from conectar.domain.payments.refund import RefundStatus
from tests import actors
from tests.application.gateway_words import (
    HELD,
    PART,
    PRICE,
    Place,
    Scene,
    Word,
    accounts,
    audit,
    incidents,
    quarrel,
    scene,
)
from tests.application.rooms import days, script
from tests.backends import House

S, W = RefundStatus, Word
FREEZES = (W.MEDIATION, W.CHARGEBACK)
BY = {W.MEDIATION: FrozenBy.MEDIATION, W.CHARGEBACK: FrozenBy.CHARGEBACK}
SILENCE = GatewaySilent(operation="refund")
GONE_BACK = ("cancelled", "refunded")
TAKEN = ("cancelled", "charged_back")


@pytest.mark.parametrize("word", FREEZES)
@pytest.mark.parametrize("place", HELD)
async def test_a_freeze_stops_the_clock_and_stands_on_the_list_until_it_is_won(
    still: House, place: Place, word: Word
) -> None:
    made = await scene(still, place)
    before, left = await made.where(), (await made.job()).deadline_at
    await made.told(word)
    frozen = await made.job()
    assert (frozen.frozen_by, frozen.deadline_at) == (BY[word], None)
    assert (await made.where())[:3] == before[:3]
    (shown,) = await incidents(still)
    assert (shown.frozen_by, shown.flag) == (BY[word], None)
    still.clock.advance(days(100))
    await still.background.run_due()
    assert await made.job() == frozen, "no default, no reminder, no refund"
    await audit(made)
    won = W.REIMBURSED if word is W.CHARGEBACK and place is not Place.RETURNING else W.FINE
    await made.told(won)
    assert await incidents(still) == []
    if place is Place.RETURNING:
        assert (await made.where())[:2] == GONE_BACK
    else:
        thawed = await made.job()
        assert await made.where() == before and left is not None and frozen.paid_at is not None
        assert thawed.deadline_at == min(left + days(100), frozen.paid_at + days(150))
    await audit(made)


async def test_frozen_money_does_not_move_but_the_work_may_be_finished(still: House) -> None:
    made = await scene(still, Place.WORKING)
    await made.told(W.MEDIATION)
    with pytest.raises(PaymentFrozen):
        await still.core.execute(CancelJob(job_id=made.job_id, reason=None, actor=made.beto))
    with pytest.raises(PaymentFrozen):
        await quarrel(still, made.job_id, made.ana)
    await still.core.execute(CompleteJob(job_id=made.job_id, notes=None, actor=made.beto))
    with pytest.raises(PaymentFrozen):
        await still.core.execute(ApproveJob(job_id=made.job_id, actor=made.ana))
    still.clock.advance(days(20))
    await made.told(W.FINE)
    done = await made.job()
    assert (done.status, done.deadline_at) == (
        JobStatus.COMPLETED,
        still.clock.now() + days(14),
    ), "its clock starts at the thaw"


@pytest.mark.parametrize("word", FREEZES)
async def test_a_refund_not_sent_is_void_and_the_thaw_orders_a_new_one(
    still: House, word: Word
) -> None:
    made = await scene(still, Place.RETURNING)
    await made.told(word)
    assert [r.status for r in await made.refunds()] == [S.VOID]
    assert script(still).sent("refund") == []
    assert (await accounts(still))["refund_pending"] == PRICE.cents
    await made.told(W.FINE)
    assert [r.status for r in await made.refunds()] == [S.VOID, S.SUCCEEDED]
    assert (await made.where())[:2] == GONE_BACK
    await audit(made)


LOST = {
    "chargeback": (W.CHARGEBACK, W.SETTLED),
    "mediation": (W.MEDIATION, W.REFUNDED),
    "mediation, then chargeback": (W.MEDIATION, W.CHARGEBACK, W.SETTLED),
    "at once": (W.SETTLED,),
}


@pytest.mark.parametrize("place", HELD)
@pytest.mark.parametrize("words", LOST.values(), ids=list(LOST))
async def test_lost_while_held_takes_everything_and_ends_the_dispute(
    still: House, place: Place, words: tuple[Word, ...]
) -> None:
    made = await scene(still, place)
    for word in words:
        await made.told(word)
    assert (await made.where())[:2] == TAKEN
    assert (await made.where())[3] == "none"
    if place is Place.QUARREL:
        shown = await made.dispute()
        assert (shown.status.value, shown.ruling) == ("resolved", None)
    assert {r.status for r in await made.refunds()} <= {S.VOID}
    books = await accounts(still)
    assert not {"escrow", "refund_pending", "payable", "commission"} & books.keys()
    await audit(made)
    assert await incidents(still) == []
    still.clock.advance(days(200))
    await still.background.run_due()
    assert (await made.where())[:2] == TAKEN
    await audit(made)


@pytest.mark.parametrize("place", HELD)
async def test_a_refund_from_outside_is_followed(still: House, place: Place) -> None:
    made = await scene(still, place)
    await made.told(W.REFUNDED)
    assert (await made.where())[:2] == GONE_BACK
    assert script(still).sent("refund") == []
    assert {r.status for r in await made.refunds()} <= {S.VOID}
    if place is Place.QUARREL:
        assert (await made.dispute()).status.value == "resolved"
    await audit(made)
    assert await incidents(still) == []


async def in_flight(home: House) -> Scene:
    """Money on its way back of which the gateway has been silent."""
    made = await scene(home, Place.RETURNING)
    script(home).fail("refund", SILENCE)
    await home.core.execute(Sweep(due=Due.REFUNDS))
    assert [r.status for r in await made.refunds()] == [S.UNKNOWN]
    return made


@pytest.mark.parametrize("words", [(W.CHARGEBACK, W.SETTLED), (W.SETTLED,)])
async def test_lost_waits_for_a_refund_on_its_way_and_counts_once_that_is_refused(
    still: House, words: tuple[Word, ...]
) -> None:
    made = await in_flight(still)
    for word in words:
        await made.told(word)
    assert (await made.payment()).word == ":".join(words[-1].value), "heard, not followed yet"
    assert (await made.where())[:2] == ("cancelled", "refunding"), "nobody knows yet"
    script(still).fail("refund", GatewayRefused(status=400, message="charged back"))
    still.clock.advance(days(1))
    await still.background.run_due()
    assert (await made.where())[:2] == TAKEN
    assert [r.status for r in await made.refunds()] == [S.VOID]
    await audit(made)


async def test_what_waited_is_followed_when_nobody_ever_learns_of_the_refund(
    still: House,
) -> None:
    """The worker died each time, until a person has to look."""
    made = await scene(still, Place.RETURNING)
    (refund,) = await made.refunds()
    claim = ClaimRefund(refund_id=refund.id)
    assert await still.core.execute(claim) is not None
    await made.told(W.SETTLED)
    for _ in range(14):
        still.clock.advance(timedelta(seconds=31))
        await still.core.execute(claim)
    assert (await made.where())[:2] == TAKEN
    assert [r.status for r in await made.refunds()] == [S.VOID]
    await audit(made)


async def test_a_refund_that_arrived_meanwhile_is_ours(still: House) -> None:
    made = await scene(still, Place.RETURNING)
    script(still).fail("refund", SILENCE, after=True)
    await still.core.execute(Sweep(due=Due.REFUNDS))
    await actors.notice(still, made.payment_id)
    assert (await made.where())[:2] == ("cancelled", "refunding")
    still.clock.advance(days(1))
    await still.background.run_due()
    assert (await made.where())[:2] == GONE_BACK
    assert [r.status for r in await made.refunds()] == [S.SUCCEEDED]
    assert await made.steps() == 4
    await audit(made)


async def test_a_refund_sent_before_the_freeze_may_still_arrive(still: House) -> None:
    made = await scene(still, Place.RETURNING)
    (refund,) = await made.refunds()
    claimed = await still.core.execute(ClaimRefund(refund_id=refund.id))
    assert claimed is not None
    await made.told(W.MEDIATION)
    assert (await made.job()).frozen

    still.gateway.change(made.payment_id, "refunded", refunded=PRICE)
    record = RecordRefund(refund_id=refund.id, version=claimed.version, gateway_id="77")
    await still.core.execute(record)
    await actors.notice(still, made.payment_id)
    assert (await made.where())[:2] == GONE_BACK
    await audit(made)


async def test_a_refund_on_a_persons_list_that_the_gateway_shows_as_done_is_done(
    still: House,
) -> None:
    made = await scene(still, Place.RETURNING)
    script(still).fail("refund", GatewayRefused(status=400, message="no"))
    await still.core.execute(Sweep(due=Due.REFUNDS))
    assert [r.status for r in await made.refunds()] == [S.MANUAL]
    await made.told(W.REFUNDED)
    assert [r.status for r in await made.refunds()] == [S.SUCCEEDED]
    assert (await made.where())[:2] == GONE_BACK
    assert (await made.payment()).flag is None
    await audit(made)


@pytest.mark.parametrize("place", HELD[:3])
async def test_a_partial_refund_from_outside_is_nobodys_guess(still: House, place: Place) -> None:
    made = await scene(still, place)
    before = await made.where()
    await made.told(W.PARTLY)
    payment = await made.payment()
    assert (payment.flag, payment.refunded) == (Flag.NO_ROW, PART)
    assert await made.where() == before
    await audit(made, unposted=PART)


async def test_a_partial_refund_from_outside_before_ours_leaves_ours_the_rest(
    still: House,
) -> None:
    made = await scene(still, Place.RETURNING)
    await made.told(W.PARTLY)
    assert (await made.where())[:2] == GONE_BACK
    assert (await made.payment()).flag is None
    fact = await still.gateway.payment(made.payment_id)
    assert fact is not None and fact.refunded == PRICE
    await audit(made)


async def test_money_reimbursed_but_not_refundable_any_more_is_a_persons(still: House) -> None:
    """The gateway refunds only what it calls approved."""
    made = await scene(still, Place.RETURNING)
    await made.told(W.CHARGEBACK)
    await made.told(W.REIMBURSED)
    assert [r.status for r in await made.refunds()] == [S.VOID, S.MANUAL]
    assert await made.where() == ("cancelled", "refunding", "none", "none")
    await audit(made)


STORIES = [
    (W.MEDIATION, W.FINE, W.CHARGEBACK, W.REIMBURSED),
    (W.MEDIATION, W.CHARGEBACK, W.SETTLED),
    (W.CHARGEBACK, W.REIMBURSED, W.MEDIATION, W.REFUNDED),
    (W.PARTLY, W.MEDIATION, W.FINE),
]


@pytest.mark.parametrize("place", HELD)
@pytest.mark.parametrize("story", STORIES, ids=lambda s: "-".join(w.name for w in s))
async def test_the_same_facts_again_and_in_another_order_change_nothing(
    still: House, place: Place, story: tuple[Word, ...]
) -> None:
    made, facts = await scene(still, place), []
    for word in story:
        await made.told(word)
        fact = await still.gateway.payment(made.payment_id)
        assert fact is not None
        facts.append(fact)
    after = await made.where(), await accounts(still), await made.refunds(), await made.steps()
    for order in permutations(facts, len(facts)):
        for fact in order:
            await still.core.execute(ApplyFact(fact=fact))
    await still.background.run_due()
    assert after == (
        await made.where(),
        await accounts(still),
        await made.refunds(),
        await made.steps(),
    )


@pytest.mark.parametrize("place", HELD)
async def test_only_the_newest_fact_counts_whatever_came_before_it(
    still: House, place: Place
) -> None:
    """Older ones that arrive later are of the past."""
    made, facts = await scene(still, place), []
    for word in (W.MEDIATION, W.CHARGEBACK, W.SETTLED):
        status, detail = word.value
        facts.append(still.gateway.change(made.payment_id, status, detail))
    for fact in reversed(facts):
        await still.core.execute(ApplyFact(fact=fact))
    await still.background.run_due()
    assert (await made.where())[:2] == TAKEN
    await audit(made)


async def test_where_nothing_is_held_nothing_is_taken(still: House) -> None:
    """A chargeback of money that went back already is a person's to look at."""
    made = await scene(still, Place.RETURNING)
    await still.background.run_due()
    assert (await made.job()).escrow is EscrowStatus.REFUNDED
    before = await accounts(still)
    await made.told(W.SETTLED)
    assert (await made.where())[:2] == GONE_BACK
    assert (await made.payment()).flag is Flag.NO_ROW
    assert await accounts(still) == before
