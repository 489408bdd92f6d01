"""What may fund a job, what goes back, and what is parked."""

from datetime import timedelta
from uuid import uuid4

import pytest

from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.message import Page
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.queries.jobs import GetJob
from conectar.application.queries.money import (
    GetBalance,
    GetPaymentStatus,
    GetTrialBalance,
    ListMovements,
    ListRefunds,
    ListSuspense,
    ShowPayment,
)
from conectar.application.reactions.relay import ClaimDeliveries
from conectar.application.views.money import SuspenseView
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.payment import Flag, PaymentStatus, Verdict
from conectar.domain.payments.refund import RefundOrigin, RefundStatus
from tests import actors
from tests.application.rooms import days
from tests.backends import House, everywhere

pytestmark = everywhere
HOUR = timedelta(hours=1)
J, E = JobStatus, EscrowStatus
PRICE = actors.PRICE


async def payable(home: House) -> tuple[Actor, Actor, actors.JobView, str]:
    """A job with its page to pay on."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job = await actors.unpaid_job(home, ana, beto)
    return ana, beto, job, (await actors.checkout(home, job, ana)).preference_id


async def state(home: House, job: actors.JobView) -> tuple[JobStatus, EscrowStatus]:
    """Where the job is."""
    view = await home.core.execute(GetJob(job_id=job.id, actor=home.admin))
    return view.status, view.escrow


async def accounts(home: House) -> dict[str, int]:
    """What is not zero; the books balance."""
    trial = await home.core.execute(GetTrialBalance(actor=home.admin))
    assert trial.balanced
    return {a.account: a.balance.cents for a in trial.accounts if a.balance}


async def parked(home: House) -> list[SuspenseView]:
    """What funds nothing."""
    found = await home.core.execute(ListSuspense(page=Page(), actor=home.admin))
    return list(found.items)


async def refunds(home: House) -> list[tuple[RefundOrigin, RefundStatus, Money]]:
    """Every intent to give money back."""
    query = ListRefunds(status=None, page=Page(), actor=home.admin)
    found = await home.core.execute(query)
    return [(r.origin, r.status, r.amount) for r in found.items]


async def history(home: House, who: Actor) -> list[tuple[MovementKind, MovementStatus, int]]:
    """What somebody reads, oldest first."""
    query = ListMovements(
        user_id=None, kind=None, status=None, since=None, until=None, page=Page(), actor=who
    )
    found = await home.core.execute(query)
    return [(m.kind, m.status, m.amount.cents) for m in found.items][::-1]


PAID = (MovementKind.PAYMENT, MovementStatus.COMPLETED)
BACK = (MovementKind.REFUND, MovementStatus.COMPLETED)


async def test_the_exact_price_funds_the_job(still: House) -> None:
    ana, _, job, page = await payable(still)
    await actors.notice(still, still.gateway.pay(page))
    assert await state(still, job) == (J.IN_PROGRESS, E.HELD)
    books = await accounts(still)
    assert books["escrow"] == PRICE.cents
    assert books["gateway_unreleased"] + books["gateway_fee"] + books["tax_withheld"] == PRICE.cents
    assert await history(still, ana) == [(*PAID, PRICE.cents)]
    assert await parked(still) == [] == await refunds(still)


@pytest.mark.parametrize("cents", [1, PRICE.cents - 1, PRICE.cents + 1, PRICE.cents * 2])
async def test_another_amount_goes_back_whole_and_the_job_waits_on(
    still: House, cents: int
) -> None:
    ana, _, job, page = await payable(still)
    payment = still.gateway.pay(page, Money(cents))
    await actors.notice(still, payment)
    assert await state(still, job) == (J.AWAITING_PAYMENT, E.EMPTY)
    assert await refunds(still) == [(RefundOrigin.SUSPENSE, RefundStatus.SUCCEEDED, Money(cents))]
    assert await accounts(still) == {}
    assert set(await history(still, ana)) == {(*PAID, cents), (*BACK, cents)}
    assert [s.verdict for s in await parked(still)] == [Verdict.RETURNS]
    await actors.notice(still, still.gateway.pay(page))
    assert await state(still, job) == (J.IN_PROGRESS, E.HELD)


async def test_a_second_payment_goes_back_whole_and_the_first_stays(still: House) -> None:
    ana, _, job, page = await payable(still)
    first, second = still.gateway.pay(page), still.gateway.pay(page)
    await actors.notice(still, second)
    await actors.notice(still, first)
    assert await state(still, job) == (J.IN_PROGRESS, E.HELD)
    assert [s.gateway_payment_id for s in await parked(still)] == [first]
    assert await refunds(still) == [(RefundOrigin.SUSPENSE, RefundStatus.SUCCEEDED, PRICE)]
    assert (await accounts(still))["escrow"] == PRICE.cents
    assert len(await history(still, ana)) == 3


@pytest.mark.parametrize("by_silence", [False, True], ids=["cancelled", "lapsed"])
async def test_a_late_payment_goes_back_and_never_revives_the_job(
    still: House, by_silence: bool
) -> None:
    ana, _, job, page = await payable(still)
    if by_silence:
        still.clock.advance(24 * HOUR)
        await still.background.run_due()
    else:
        await still.core.execute(CancelJob(job_id=job.id, reason=None, actor=ana))
    assert await state(still, job) == (J.CANCELLED, E.EMPTY)
    await actors.notice(still, still.gateway.pay(page))
    assert await state(still, job) == (J.CANCELLED, E.EMPTY)
    assert await refunds(still) == [(RefundOrigin.SUSPENSE, RefundStatus.SUCCEEDED, PRICE)]
    assert await accounts(still) == {}


async def test_another_currency_goes_back_in_its_own_and_is_never_posted(still: House) -> None:
    ana, _, job, page = await payable(still)
    payment = still.gateway.pay(page, currency="USD")
    await actors.notice(still, payment)
    assert await state(still, job) == (J.AWAITING_PAYMENT, E.EMPTY)
    (shown,) = await parked(still)
    assert (shown.currency, shown.flag, shown.refund) == (
        "USD",
        Flag.OTHER_CURRENCY,
        RefundStatus.SUCCEEDED,
    )
    in_dollars = Money(PRICE.cents, "USD")
    assert await refunds(still) == [(RefundOrigin.UNPOSTED, RefundStatus.SUCCEEDED, in_dollars)]
    fact = await still.gateway.payment(payment)
    assert fact is not None and fact.refunded == in_dollars
    assert await accounts(still) == {} and await history(still, ana) == []


async def test_a_pending_payment_in_another_currency_leaves_no_open_line(still: House) -> None:
    ana, _, _, page = await payable(still)
    payment = still.gateway.pay(page, currency="USD", status="pending")
    await actors.notice(still, payment)
    still.gateway.change(payment, "approved")
    await actors.notice(still, payment)
    statuses = {status for _, status, _ in await history(still, ana)}
    assert MovementStatus.PENDING not in statuses, "it went back: nothing is pending any more"


@pytest.mark.parametrize(
    "strange",
    [{"collector_id": "999"}, {"external_reference": str(uuid4())}, {"external_reference": "x"}],
    ids=["another collector", "unknown reference", "no reference"],
)
async def test_what_is_not_ours_is_parked_and_never_touched(
    still: House, strange: dict[str, str]
) -> None:
    ana, beto, job, page = await payable(still)
    payment = still.gateway.pay(page, status="pending")
    still.gateway.change(payment, "approved", **strange)
    await actors.notice(still, payment)
    assert await state(still, job) == (J.AWAITING_PAYMENT, E.EMPTY)
    (shown,) = await parked(still)
    assert (shown.verdict, shown.flag, shown.refund) == (Verdict.FOREIGN, Flag.FOREIGN, None)
    still.clock.advance(days(30))
    await still.background.run_due()
    assert await accounts(still) == {} and await refunds(still) == []
    if "external_reference" in strange:
        for who in (ana, beto):
            with pytest.raises(NotFound):
                query = GetPaymentStatus(payment_id=payment, actor=who)
                await still.core.execute(query)


async def test_another_collectors_payment_is_no_line_of_the_clients(still: House) -> None:
    ana, _, _, page = await payable(still)
    payment = still.gateway.pay(page, status="pending")
    still.gateway.change(payment, "approved", collector_id="999")
    await actors.notice(still, payment)
    assert await history(still, ana) == []


async def test_a_payment_whose_reference_was_not_ours_yet_funds_once_it_is(still: House) -> None:
    _, _, job, page = await payable(still)
    payment = still.gateway.pay(page, status="pending")
    ours = still.gateway.change(payment, "pending").external_reference
    still.gateway.change(payment, "pending", external_reference=str(uuid4()))
    await actors.notice(still, payment)
    assert await state(still, job) == (J.AWAITING_PAYMENT, E.EMPTY)
    still.gateway.change(payment, "approved", external_reference=ours)
    await actors.notice(still, payment)
    assert await state(still, job) == (J.IN_PROGRESS, E.HELD)


async def test_money_first_heard_of_as_charged_back_is_judged_once_it_was_won(still: House) -> None:
    _, _, job, page = await payable(still)
    payment = still.gateway.pay(page)
    still.gateway.change(payment, "charged_back", "in_process")
    await actors.notice(still, payment)
    assert await state(still, job) == (J.AWAITING_PAYMENT, E.EMPTY)
    still.gateway.change(payment, "charged_back", "reimbursed")
    await actors.notice(still, payment)
    assert await state(still, job) == (J.IN_PROGRESS, E.HELD)
    assert (await accounts(still))["escrow"] == PRICE.cents


# -- waiting -----------------------------------------------------------------------------------


async def test_a_pending_payment_is_waited_for_to_72_hours(still: House) -> None:
    ana, _, job, page = await payable(still)
    payment = still.gateway.pay(page, status="pending")
    await actors.notice(still, payment)
    assert await history(still, ana) == [
        (MovementKind.PAYMENT, MovementStatus.PENDING, PRICE.cents)
    ]
    for hours in (24, 47, 0.999):
        still.clock.advance(timedelta(hours=hours))
        await still.background.run_due()
        assert await state(still, job) == (J.AWAITING_PAYMENT, E.EMPTY)
    still.clock.advance(timedelta(hours=0.001))
    await still.background.run_due()
    assert await state(still, job) == (J.CANCELLED, E.EMPTY)
    still.gateway.change(payment, "approved")
    await actors.notice(still, payment)
    assert await state(still, job) == (J.CANCELLED, E.EMPTY)
    assert await accounts(still) == {}
    assert await history(still, ana) == [(*PAID, PRICE.cents), (*BACK, PRICE.cents)]


async def test_the_pending_payment_that_is_waited_for_funds_the_job(still: House) -> None:
    _, _, job, page = await payable(still)
    payment = still.gateway.pay(page, status="pending")
    await actors.notice(still, payment)
    still.clock.advance(timedelta(hours=71))
    await still.background.run_due()
    still.gateway.change(payment, "approved")
    still.clock.advance(HOUR)
    await still.background.run_due()
    assert await state(still, job) == (J.IN_PROGRESS, E.HELD), "asked before it gave up"


async def test_a_rejected_payment_leaves_the_job_payable(still: House) -> None:
    ana, _, job, page = await payable(still)
    payment = still.gateway.pay(page, status="rejected")
    await actors.notice(still, payment)
    assert await state(still, job) == (J.AWAITING_PAYMENT, E.EMPTY)
    assert await history(still, ana) == [(MovementKind.PAYMENT, MovementStatus.FAILED, PRICE.cents)]
    still.clock.advance(24 * HOUR)
    await still.background.run_due()
    assert await state(still, job) == (J.CANCELLED, E.EMPTY), "nobody waits for a rejected one"


async def test_a_lost_notice_is_repaired_by_who_asks_for_the_payment(still: House) -> None:
    ana, beto, job, page = await payable(still)
    payment = still.gateway.pay(page)
    eva = await actors.client(still)
    with pytest.raises(NotFound):
        await still.core.execute(GetPaymentStatus(payment_id=payment, actor=eva))
    assert await state(still, job) == (J.IN_PROGRESS, E.HELD)
    shown = await still.core.execute(GetPaymentStatus(payment_id=payment, actor=beto))
    assert (shown.payment_status, shown.job_id) == (PaymentStatus.APPROVED, job.id)
    with pytest.raises(NotFound):
        await still.core.execute(GetPaymentStatus(payment_id=PaymentId("404"), actor=ana))


async def test_an_approved_payment_never_goes_back_to_pending(still: House) -> None:
    _, _, job, page = await payable(still)
    payment = still.gateway.pay(page)
    await actors.notice(still, payment)
    before = await accounts(still)
    for word in ("pending", "rejected", "cancelled", "in_process", "authorized"):
        await still.core.execute(ApplyFact(fact=still.gateway.change(payment, word)))
        assert await state(still, job) == (J.IN_PROGRESS, E.HELD)
        shown = await still.core.execute(ShowPayment(payment_id=payment, actor=still.admin))
        assert shown.payment_status is PaymentStatus.APPROVED
    assert await accounts(still) == before
    still.gateway.change(payment, "approved")
    still.gateway.release(payment)
    await actors.notice(still, payment)
    books = await accounts(still)
    assert books.get("gateway_unreleased", 0) == 0, "what comes later counts again"
    assert books["gateway_available"] == before["gateway_unreleased"]


@pytest.mark.parametrize("word", ["charged_back", "unknown"])
async def test_what_has_no_row_is_parked_and_moves_nothing(still: House, word: str) -> None:
    _, _, _, page = await payable(still)
    payment = still.gateway.pay(page)
    await actors.notice(still, payment)
    before = await accounts(still)
    still.gateway.change(payment, word, "a word nobody ever heard")
    await actors.notice(still, payment)
    assert [s.flag for s in await parked(still)] == [Flag.NO_ROW]
    assert (await accounts(still))["escrow"] == before["escrow"]
    assert await refunds(still) == []
    assert (await still.core.execute(ClaimDeliveries())) == ()


@pytest.mark.parametrize("word", ["in_mediation", "charged_back", "unknown"])
async def test_what_has_no_row_is_parked_even_if_we_never_heard_of_it(
    still: House, word: str
) -> None:
    _, _, job, page = await payable(still)
    payment = still.gateway.pay(page, status="pending")
    still.gateway.change(payment, word)
    await actors.notice(still, payment)
    assert await state(still, job) == (J.AWAITING_PAYMENT, E.EMPTY)
    assert [s.flag for s in await parked(still)] == [Flag.NO_ROW]


async def test_money_refunded_outside_after_release_does_not_become_available(
    still: House,
) -> None:
    """Parked: until a person looked, what it earned stays where it was."""
    ana, beto = await actors.client(still), await actors.professional(still)
    _, payment = await actors.approved_job(still, ana, beto)
    before = await still.core.execute(GetBalance(actor=beto))
    still.gateway.change(payment, "refunded", refunded=PRICE)
    await actors.notice(still, payment)
    assert [s.flag for s in await parked(still)] == [Flag.NO_ROW]
    after = await still.core.execute(GetBalance(actor=beto))
    assert after.available_balance == before.available_balance == Money.ZERO
