"""Sweeps: what is due happens once, however many look."""

import asyncio
from datetime import timedelta

import pytest

from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.message import Page
from conectar.application.offers.expire_offer import ExpireOffer
from conectar.application.payments.check_payment import PollCheckout
from conectar.application.ports.outside import GatewaySilent
from conectar.application.queries.jobs import GetJob, GetJobTimeline
from conectar.application.queries.money import GetBalance, GetTrialBalance, ListMovements
from conectar.application.queries.offers import GetOffer, GetOfferTimeline
from conectar.application.sweeps.sweep import Due, FindDue, Sweep
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import TransactionId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments import ledger
from conectar.domain.payments.ledger import AccountKind as K
from conectar.domain.payments.ledger import LedgerTransaction
from tests import actors
from tests.application.rooms import START, days, script
from tests.backends import House, everywhere

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
J, E = JobStatus, EscrowStatus


async def sweep(home: House, due: Due) -> int:
    """One, alone."""
    return await home.core.execute(Sweep(due=due))


async def sweeps(home: House, due: Due) -> None:
    """Four at once, the worst way: all have looked before any of them acts."""
    seen = [await home.core.execute(FindDue(due=due)) for _ in range(4)]
    await asyncio.gather(*(home.core.execute(m) for found in seen for m in found))
    await asyncio.gather(*(home.core.execute(Sweep(due=due)) for _ in range(4)))


async def shown(home: House, job: actors.JobView) -> tuple[JobStatus, EscrowStatus, int]:
    """Where the job is, and how many steps it took."""
    view = await home.core.execute(GetJob(job_id=job.id, actor=home.admin))
    steps = await home.core.execute(GetJobTimeline(job_id=job.id, actor=home.admin))
    return view.status, view.escrow, len(steps)


async def balanced(home: House) -> bool:
    """Whether the books are."""
    return (await home.core.execute(GetTrialBalance(actor=home.admin))).balanced


@everywhere
async def test_offers_expire_once_and_not_before_their_time(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    old = await actors.offer(still, ana, beto)
    still.clock.advance(days(1))
    young = await actors.offer(still, ana, beto)
    still.clock.advance(days(14) - timedelta(microseconds=1))
    assert await sweep(still, Due.OFFERS) == 0
    still.clock.advance(timedelta(microseconds=1))
    await sweeps(still, Due.OFFERS)
    await sweeps(still, Due.OFFERS)
    await still.core.execute(ExpireOffer(offer_id=young.id))
    for offer, status, steps in ((old, OfferStatus.EXPIRED, 2), (young, OfferStatus.PENDING, 1)):
        view = await still.core.execute(GetOffer(offer_id=offer.id, actor=ana))
        rows = await still.core.execute(GetOfferTimeline(offer_id=offer.id, actor=ana))
        assert (view.status, len(rows)) == (status, steps)
    assert await sweep(still, Due.OFFERS) == 0


@pytest.mark.parametrize(
    ("made", "after", "ends"),
    [
        (actors.unpaid_job, timedelta(hours=24), (J.CANCELLED, E.EMPTY, 2)),
        (actors.paid_job, days(75), (J.CANCELLED, E.REFUNDING, 3)),
        (actors.finished_job, days(14), (J.APPROVED, E.RELEASED, 4)),
    ],
    ids=["unpaid", "unfinished", "unanswered"],
)
async def test_silence_ends_a_job_once_and_not_before_its_time(
    still: House, made: object, after: timedelta, ends: tuple[JobStatus, EscrowStatus, int]
) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await made(still, ana, beto)  # type: ignore[operator]
    job = job if isinstance(job, actors.JobView) else job[0]
    before = await shown(still, job)
    still.clock.advance(after - timedelta(microseconds=1))
    await sweeps(still, Due.JOBS)
    assert await shown(still, job) == before
    still.clock.advance(timedelta(microseconds=1))
    await sweeps(still, Due.JOBS)
    await sweeps(still, Due.JOBS)
    assert await shown(still, job) == ends
    assert await balanced(still)


async def test_a_checkout_is_asked_about_at_growing_intervals(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    await actors.checkout(still, await actors.unpaid_job(still, ana, beto), ana)
    asked = script(still)
    moments = []
    for minute in range(60 * 5):
        before = len(asked.sent("payments_of"))
        await sweep(still, Due.CHECKOUTS)
        moments += [minute] if len(asked.sent("payments_of")) > before else []
        still.clock.advance(MINUTE)
    assert moments == [1, 6, 21, 81, 141, 201, 261]


@everywhere
async def test_many_sweeps_at_once_count_as_one_look(still: House) -> None:
    """Each looks again under the lock whether its thing is still due."""
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    await actors.checkout(still, job, ana)
    still.clock.advance(MINUTE)
    await sweeps(still, Due.CHECKOUTS)
    async with still.store.unit() as uow:
        checkout = await uow.checkouts.open_of(job.id)
    assert checkout is not None
    assert (checkout.checks, checkout.check_at) == (1, START + 6 * MINUTE)


async def test_a_lost_notice_is_repaired_by_asking(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    where = await actors.checkout(still, job, ana)
    still.gateway.pay(where.preference_id)
    still.clock.advance(MINUTE)
    script(still).fail("payments_of", GatewaySilent())
    assert await sweep(still, Due.CHECKOUTS) == 0
    assert await sweep(still, Due.CHECKOUTS) == 0, "silence is not asked again at once"
    still.clock.advance(5 * MINUTE)
    await sweeps(still, Due.CHECKOUTS)
    assert await shown(still, job) == (J.IN_PROGRESS, E.HELD, 2)
    async with still.store.unit() as uow:
        assert await uow.checkouts.open_of(job.id) is None
    for day in range(12):
        still.clock.advance(days(1))
        looked = await sweep(still, Due.CHECKOUTS)
        assert looked == (day < 8), "for a week after its end somebody may have paid again"


async def test_a_late_payment_whose_notice_is_lost_goes_back_too(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    where = await actors.checkout(still, job, ana)
    still.clock.advance(days(2))
    await still.background.run_due()
    assert await shown(still, job) == (J.CANCELLED, E.EMPTY, 2)
    payment = still.gateway.pay(where.preference_id)
    still.clock.advance(days(1))
    await still.background.run_due()
    fact = await still.gateway.payment(payment)
    assert fact is not None and fact.refunded == fact.amount


async def test_a_poll_of_nothing_asks_and_changes_nothing(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job, _ = await actors.paid_job(still, ana, beto)
    async with still.store.reading() as read:
        (checkout,) = await read.checkouts_of(job.id)
    await still.core.execute(PollCheckout(checkout_id=checkout))
    assert await shown(still, job) == (J.IN_PROGRESS, E.HELD, 2)


# -- releases ----------------------------------------------------------------------------------


async def owes(home: House, who: Actor, cents: int) -> None:
    """A debt, posted straight into the ledger."""
    legs = ledger.post(
        ((ledger.receivable(person(who)), Money(cents)),), ((ledger.BANK, Money(cents)),)
    )
    async with home.store.unit() as uow:
        await uow.ledger.post(
            LedgerTransaction(
                id=TransactionId(person(who)),
                source_ref=f"debt:{who.user_id}",
                at=home.clock.now(),
                entries=legs,
                job_id=None,
                payment_id=None,
            )
        )
        await uow.commit()


async def balance(home: House, who: Actor) -> tuple[int, int, int]:
    """Available, pending, debt, in cents."""
    view = await home.core.execute(GetBalance(actor=who))
    return view.available_balance.cents, view.pending_balance.cents, view.debt.cents


NET = 12_750_42


@pytest.mark.parametrize("debt", [0, 1, NET - 1, NET, NET + 1])
@pytest.mark.parametrize("released_first", [False, True])
async def test_released_money_pays_debts_first(
    still: House, debt: int, released_first: bool
) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    if debt:
        await owes(still, beto, debt)
    job, payment = await actors.finished_job(still, ana, beto)
    if released_first:
        still.clock.advance(days(13.9))
        still.gateway.release(payment)
        await actors.notice(still, payment)
        assert await balance(still, beto) == (0, 0, debt)
    await still.core.execute(actors.ApproveJob(job_id=job.id, actor=ana))
    if not released_first:
        assert await balance(still, beto) == (0, NET, debt)
        still.clock.advance(days(19))
        await sweeps(still, Due.RELEASES)
        await sweeps(still, Due.RELEASES)
    left, owed = max(NET - debt, 0), max(debt - NET, 0)
    assert await balance(still, beto) == (left, 0, owed)
    async with still.store.reading() as read:
        kept = [await read.owner_balance(kind, person(beto)) for kind in (K.PAYABLE, K.RECEIVABLE)]
    assert kept == [Money(left), Money(owed)], "repaid in the ledger, not only in the view"
    assert await balanced(still)


async def test_money_held_beyond_its_day_is_asked_about_each_hour(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    _, payment = await actors.approved_job(still, ana, beto)
    asked = script(still)
    still.clock.advance(days(18) + HOUR)
    asked.fail("payment", *[GatewaySilent()] * 3)
    for n in range(1, 4):
        assert await sweep(still, Due.RELEASES) == 0
        assert await sweep(still, Due.RELEASES) == 0
        assert len(asked.sent("payment")) == n + 1, "one answer when it was paid, then one an hour"
        still.clock.advance(HOUR)
    assert await sweep(still, Due.RELEASES) == 1
    assert await balance(still, beto) == (NET, 0, 0)
    still.clock.advance(days(30))
    assert await sweep(still, Due.RELEASES) == 0
    assert asked.sent("payment").count(payment) == 5


async def test_a_refunded_payment_is_not_asked_about_for_ever(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job, _ = await actors.paid_job(still, ana, beto)
    await still.core.execute(CancelJob(job_id=job.id, reason="no puedo", actor=beto))
    await still.background.run_due()
    assert await shown(still, job) == (J.CANCELLED, E.REFUNDED, 4)
    still.clock.advance(days(20))
    await still.background.run_due()
    before = len(script(still).calls)
    still.clock.advance(days(20))
    await still.background.run_due()
    assert len(script(still).calls) == before


async def test_the_books_tell_each_side_its_own(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    await actors.approved_job(still, ana, beto)
    kinds = {}
    for who in (ana, beto, still.admin):
        query = ListMovements(
            user_id=None, kind=None, status=None, since=None, until=None, page=Page(), actor=who
        )
        found = await still.core.execute(query)
        kinds[who.role.value] = sorted((m.kind.value, m.amount.cents) for m in found.items)
    price = actors.PRICE.cents
    assert kinds == {
        "client": [("payment", price)],
        "professional": [("commission", price - NET), ("release", NET)],
        "admin": [
            ("commission", price - NET),
            ("escrow", price),
            ("payment", price),
            ("release", NET),
        ],
    }
