"""Refunds at a gateway that is silent, refuses, or answers too late: one refund, or a person."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.message import Page
from conectar.application.payments.run_refund import ClaimRefund, RecordRefund, RunRefund
from conectar.application.ports.outside import GatewayRefused, GatewaySilent
from conectar.application.queries.jobs import GetJob, GetJobTimeline
from conectar.application.queries.money import GetTrialBalance, ListMovements, ListRefunds
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.application.views.money import RefundView
from conectar.domain.jobs.lifecycle import EscrowStatus
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.refund import (
    RefundStatus,
    RetryPlan,
)
from tests import actors
from tests.application.rooms import START, days, script
from tests.backends import House, everywhere

S, E = RefundStatus, EscrowStatus
SECOND = timedelta(seconds=1)
PLAN = RetryPlan()
SILENCE = GatewaySilent(operation="refund")


async def cancelled(home: House) -> tuple[actors.JobView, PaymentId]:
    """A paid job that its professional left: the money must go back."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job, payment = await actors.paid_job(home, ana, beto)
    await home.core.execute(CancelJob(job_id=job.id, reason=None, actor=beto))
    return job, payment


async def sweep(home: House) -> int:
    """The refunds that are due."""
    return await home.core.execute(Sweep(due=Due.REFUNDS))


async def intent(home: House) -> RefundView:
    """The only one there is."""
    query = ListRefunds(status=None, page=Page(), actor=home.admin)
    (found,) = (await home.core.execute(query)).items
    return found


async def accounts(home: House) -> dict[str, int]:
    """What is not zero, in cents; the books balance."""
    trial = await home.core.execute(GetTrialBalance(actor=home.admin))
    assert trial.balanced
    return {a.account: a.balance.cents for a in trial.accounts if a.balance}


async def escrow(home: House, job: actors.JobView) -> tuple[EscrowStatus, int]:
    """Where the money is, and how many steps the job took."""
    view = await home.core.execute(GetJob(job_id=job.id, actor=home.admin))
    steps = await home.core.execute(GetJobTimeline(job_id=job.id, actor=home.admin))
    return view.escrow, len(steps)


async def refunded(home: House, payment: PaymentId) -> Money:
    """What the gateway itself has given back."""
    fact = await home.gateway.payment(payment)
    assert fact is not None
    return fact.refunded


async def client_line(home: House) -> MovementStatus:
    """The client's line about his refund."""
    query = ListMovements(
        user_id=None,
        kind=MovementKind.REFUND,
        status=None,
        since=None,
        until=None,
        page=Page(),
        actor=home.admin,
    )
    (line,) = (await home.core.execute(query)).items
    return line.status


async def test_a_refund_goes_out_once_and_everything_says_so(still: House) -> None:
    job, payment = await cancelled(still)
    price = actors.PRICE
    assert (await intent(still)).status is S.CREATED
    books = await accounts(still)
    assert (books["refund_pending"], "escrow" in books) == (price.cents, False)
    assert (await escrow(still, job), await client_line(still)) == (
        (E.REFUNDING, 3),
        MovementStatus.PROCESSING,
    )
    for _ in range(3):
        await sweep(still)
        still.clock.advance(days(1))
    assert (await intent(still)).status is S.SUCCEEDED
    assert await accounts(still) == {}, "the fee comes back with it"
    assert await escrow(still, job) == (E.REFUNDED, 4)
    assert await client_line(still) is MovementStatus.COMPLETED
    assert await refunded(still, payment) == price
    assert len(script(still).sent("refund")) == 1


async def test_silence_before_is_tried_again_with_the_same_key(still: House) -> None:
    _, payment = await cancelled(still)
    script(still).fail("refund", SILENCE, SILENCE)
    await sweep(still)
    found = await intent(still)
    assert (found.status, found.next_at) == (S.UNKNOWN, START + PLAN.resend[0])
    assert await sweep(still) == 0, "not before its time"
    still.clock.advance(PLAN.resend[0])
    await sweep(still)
    still.clock.advance(PLAN.resend[1])
    await sweep(still)
    assert (await intent(still)).status is S.SUCCEEDED
    assert len(set(script(still).sent("refund"))) == 1
    assert await refunded(still, payment) == actors.PRICE


async def test_success_after_silence_is_read_back_and_not_sent_again(still: House) -> None:
    job, payment = await cancelled(still)
    script(still).fail("refund", SILENCE, after=True)
    await sweep(still)
    assert (await intent(still)).status is S.UNKNOWN
    assert (await escrow(still, job))[0] is E.REFUNDING, "unknown is not done"
    still.clock.advance(PLAN.resend[0])
    await sweep(still)
    assert (await intent(still)).status is S.SUCCEEDED
    assert await accounts(still) == {}
    assert await escrow(still, job) == (E.REFUNDED, 4)
    assert len(script(still).sent("refund")) == 1
    assert await refunded(still, payment) == actors.PRICE


async def test_a_refusal_for_good_is_a_persons_at_once(still: House) -> None:
    job, _ = await cancelled(still)
    script(still).fail("refund", GatewayRefused(status=400, message="too old"))
    await sweep(still)
    found = await intent(still)
    assert (found.status, found.next_at) == (S.MANUAL, None)
    assert found.error is not None and "too old" in found.error
    still.clock.advance(days(30))
    assert await sweep(still) == 0
    assert await escrow(still, job) == (E.REFUNDING, 3)


async def test_the_whole_plan_in_vain_ends_at_a_person(still: House) -> None:
    job, payment = await cancelled(still)
    script(still).fail("refund", *[SILENCE] * 20)
    waits = PLAN.resend + PLAN.read_back
    moments: list[datetime] = []
    while (await intent(still)).status is not S.MANUAL:
        await sweep(still)
        moments.append(still.clock.now())
        found = await intent(still)
        if found.next_at is not None:
            still.clock.advance(found.next_at - still.clock.now())
        assert len(moments) <= len(waits) + 1
    gone = [b - a for a, b in pairwise(moments)]
    assert gone == list(waits)
    assert len(script(still).sent("refund")) == 1 + len(PLAN.resend), "then it only reads back"
    assert len(set(script(still).sent("refund"))) == 1
    assert await refunded(still, payment) == Money.ZERO
    assert (await accounts(still))["refund_pending"] == actors.PRICE.cents
    assert await escrow(still, job) == (E.REFUNDING, 3)


async def test_reading_back_may_find_it_days_later(still: House) -> None:
    job, payment = await cancelled(still)
    lost = [SILENCE] * (1 + len(PLAN.resend))
    script(still).fail("refund", *lost)
    for wait in (*PLAN.resend, PLAN.read_back[0]):
        await sweep(still)
        still.clock.advance(wait)
    still.gateway.change(payment, "refunded", refunded=actors.PRICE)
    await sweep(still)
    assert (await intent(still)).status is S.SUCCEEDED
    assert await escrow(still, job) == (E.REFUNDED, 4)


@everywhere
@pytest.mark.parametrize("sent", [False, True], ids=["before the call", "after the call"])
async def test_a_crash_between_claim_and_record_leaves_a_lease_and_the_same_key(
    still: House, sent: bool
) -> None:
    job, payment = await cancelled(still)
    script(still).fail("refund", KeyboardInterrupt("killed"), after=sent)
    with pytest.raises(KeyboardInterrupt):
        await still.core.execute(RunRefund(refund_id=(await intent(still)).id))
    found = await intent(still)
    assert (found.status, found.next_at) == (S.SENT, START + PLAN.lease)
    still.clock.advance(PLAN.lease - SECOND)
    assert await sweep(still) == 0
    still.clock.advance(SECOND)
    await sweep(still)
    assert (await intent(still)).status is S.SUCCEEDED
    assert len(set(script(still).sent("refund"))) == 1
    assert await refunded(still, payment) == actors.PRICE
    assert await escrow(still, job) == (E.REFUNDED, 4)
    assert await accounts(still) == {}


@everywhere
async def test_a_worker_whose_lease_ran_out_records_nothing(still: House) -> None:
    job, _ = await cancelled(still)
    id = (await intent(still)).id
    first = await still.core.execute(ClaimRefund(refund_id=id))
    assert await still.core.execute(ClaimRefund(refund_id=id)) is None
    still.clock.advance(PLAN.lease)
    second = await still.core.execute(ClaimRefund(refund_id=id))
    assert first is not None and second is not None and second.version > first.version
    for end in ({"refused": "no"}, {"unanswered": "?"}, {"gateway_id": "1"}):
        late = RecordRefund(refund_id=id, version=first.version, **end)
        await still.core.execute(late)
        assert (await intent(still)).status is S.UNKNOWN
    good = RecordRefund(refund_id=id, version=second.version, gateway_id="7")
    await still.core.execute(good)
    await still.core.execute(good)
    assert await escrow(still, job) == (E.REFUNDED, 4)


@everywhere
async def test_many_workers_at_once_are_one(still: House) -> None:
    job, payment = await cancelled(still)
    id = (await intent(still)).id
    await asyncio.gather(*(still.core.execute(RunRefund(refund_id=id)) for _ in range(6)))
    assert len(script(still).sent("refund")) == 1
    assert await refunded(still, payment) == actors.PRICE
    assert await escrow(still, job) == (E.REFUNDED, 4)
