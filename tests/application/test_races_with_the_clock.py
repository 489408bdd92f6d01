"""Somebody acts in the very moment a deadline comes, or while a worker carries a refund away."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.disputes.resolve_dispute import ResolveDispute
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.jobs.lapse_job import ApplyLapse, LapseJob
from conectar.application.jobs.request_changes import RequestChanges
from conectar.application.levels.award_points import AwardPoints
from conectar.application.message import Message, Page
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.payments.check_payment import CheckPayment, PollCheckout
from conectar.application.payments.receive_notice import ReceiveNotice
from conectar.application.payments.run_refund import RunRefund
from conectar.application.queries.jobs import GetJobTimeline
from conectar.application.queries.levels import GetProgress
from conectar.application.queries.money import GetPaymentStatus, ListMovements
from conectar.application.reviews.write_review import WriteReview
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.domain.jobs import events as e
from conectar.domain.jobs.dispute import DisputeReason, Ruling
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.jobs.refusals import CoolingOffOver
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import CheckoutId, JobId, PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.levels.points import PointsEarned
from conectar.domain.payments import ledger
from conectar.domain.payments.movement import MovementKind
from conectar.domain.payments.payment import Fact, PaymentConfirmed
from conectar.domain.payments.refund import RefundArrived, RefundOrigin, RefundStatus
from tests import actors
from tests.application.gateway_words import (
    PRICE,
    REFUNDS,
    Place,
    Scene,
    Word,
    accounts,
    audit,
)
from tests.application.houses import BAD_STATE, split
from tests.application.overhearing import Overhearing
from tests.application.rooms import room, script
from tests.application.test_chargebacks import BACK, NET, REST
from tests.backends import House, everywhere

pytestmark = everywhere
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
J, E, S, M, W = JobStatus, EscrowStatus, RefundStatus, MovementKind, Word


@pytest.fixture
def heard() -> Overhearing:
    """Whatever is committed."""
    return Overhearing()


@pytest.fixture
async def home(backend: str, tmp_path: Path, heard: Overhearing) -> AsyncIterator[House]:
    """A room that is overheard."""
    async with room(backend, tmp_path, heard) as opened:
        yield opened


# -- what is to be seen of a job ---------------------------------------------------------------


class Seen(NamedTuple):
    """One job: where it is, each state it entered, who moved it last, what was told since the race
    began, its cents by place, and its lines in people's histories."""

    state: tuple[JobStatus, EscrowStatus]
    steps: list[JobStatus]
    by: Role
    told: list[type[Event]]
    money: dict[str, int]
    lines: Counter[MovementKind]


async def look(home: House, heard: Overhearing, id: JobId) -> Seen:
    """Everything; the books balance."""
    await accounts(home)
    async with home.store.reading() as read:
        row = await read.job(id)
    assert row is not None
    rows = await home.core.execute(GetJobTimeline(job_id=id, actor=home.admin))
    every: dict[str, Any] = dict.fromkeys(("user_id", "kind", "status", "since", "until"))
    history = ListMovements(**every, page=Page(limit=50), actor=home.admin)
    shown = (await home.core.execute(history)).items
    return Seen(
        state=(row.job.status, row.job.escrow),
        steps=[step.status for step in rows if isinstance(step.status, JobStatus)],
        by=rows[-1].actor_role,
        told=[type(event) for event in heard.events if getattr(event, "job_id", None) == id],
        money=await money(home, row.job),
        lines=Counter(line.kind for line in shown if line.job_id == id),
    )


async def money(home: House, job: Job) -> dict[str, int]:
    """Where its cents are, if anywhere. What the professional has is one place, for whether the
    gateway let it go already is not what is raced for."""
    pro = job.professional_id
    places = (
        ("escrow", ledger.escrow(job.id)),
        ("refund_pending", ledger.refund_pending(job.id)),
        ("payable", ledger.payable_unreleased(pro)),
        ("payable", ledger.payable(pro)),
        ("commission", ledger.COMMISSION),
    )
    found = Counter[str]()
    async with home.store.unit() as uow:
        for name, account in places:
            found[name] += (await uow.ledger.of_job(account, job.id)).cents
    return {name: cents for name, cents in found.items() if cents}


WAITING = [J.AWAITING_PAYMENT]
WORKING = [*WAITING, J.IN_PROGRESS]
DONE = [*WORKING, J.COMPLETED]
PAID = Counter({M.PAYMENT: 1, M.ESCROW: 1})
EARNED = PAID + Counter({M.RELEASE: 1, M.COMMISSION: 1})
RETURNED = PAID + Counter({M.REFUND: 1})
NOWHERE: dict[str, int] = {}
HELD = {"escrow": PRICE.cents}
RETURNING = {"refund_pending": PRICE.cents}
SHARES = {"payable": NET.cents, "commission": PRICE.cents - NET.cents}
RELEASED = Seen(
    state=(J.APPROVED, E.RELEASED),
    steps=[*DONE, J.APPROVED],
    by=Role.CLOCK,
    told=[e.JobApproved, e.EscrowReleased],
    money=SHARES,
    lines=EARNED,
)


# -- who races ---------------------------------------------------------------------------------

CLOCKS: tuple[Callable[[JobId], Message[Any]], ...] = (
    lambda id: ApplyLapse(job_id=id, heard=True),
    lambda id: LapseJob(job_id=id),
    lambda _: Sweep(due=Due.JOBS),
)
"""From the step that decides to everything that leads there."""
ROUNDS = tuple(product(CLOCKS, (False, True)))
"""Which of them, and whether it begins."""


async def together(*sides: Awaitable[Any]) -> list[Any]:
    """All of them at once; a refusal is an answer."""
    return await asyncio.gather(*sides, return_exceptions=True)


async def race(home: House, wish: Message[Any], clock: Message[Any], first: bool) -> list[Any]:
    """A wish and the clock, each twice and in turn, the clock `first` or not. What the wish was
    answered: the clock does what it can, and refuses nothing."""
    sides = [clock, wish] if first else [wish, clock]
    answers = await together(*(home.core.execute(side) for side in sides * 2))
    began, followed = answers[::2], answers[1::2]
    ticks, wished = (began, followed) if first else (followed, began)
    assert not any(isinstance(tick, BaseException) for tick in ticks), ticks
    return wished


async def accepted(*sides: Awaitable[Any]) -> None:
    """All of them at once, and nobody is refused anything."""
    _, lost = split(await together(*sides))
    assert not lost


async def due(home: House, heard: Overhearing, id: JobId) -> None:
    """The clock stands where the job's deadline is; what was told before does not count."""
    async with home.store.reading() as read:
        row = await read.job(id)
    assert row is not None and row.job.deadline_at is not None
    home.clock.advance(row.job.deadline_at - home.clock.now())
    heard.events.clear()


async def scenes(home: House, place: Place, many: int) -> list[Scene]:
    """WORKING, DONE or QUARREL, of the same two people; an hour apart, so that they fall due one
    by one. What their events would cause waits."""
    ana, beto = await actors.client(home), await actors.professional(home)
    made = list[Scene]()
    for _ in range(many):
        job = await actors.unpaid_job(home, ana, beto)
        where = await actors.checkout(home, job, ana)
        payment = home.gateway.pay(where.preference_id)
        await home.core.execute(CheckPayment(payment_id=payment))
        if place in (Place.DONE, Place.QUARREL):
            await home.core.execute(CompleteJob(job_id=job.id, notes=None, actor=beto))
        made.append(Scene(home, job, payment))
        if place is Place.QUARREL:
            await home.core.execute(disputes(made[-1]))
        home.clock.advance(HOUR)
    return made


def expect_both(backend: str, winners: set[Any], many: int = 2) -> None:
    """Who comes first is first where writers queue; PostgreSQL may let one pass the other."""
    assert backend == "postgresql" or len(winners) == many, winners


async def send(home: House) -> None:
    """Workers carry out what is to be given back, two at once, until nothing is left to try."""
    for _ in range(3):
        await accepted(*(home.core.execute(Sweep(due=Due.REFUNDS)) for _ in range(2)))
        home.clock.advance(MINUTE)


async def given_back(home: House, payment: PaymentId) -> Money:
    """What the gateway itself says that it refunded."""
    fact = await home.gateway.payment(payment)
    assert fact is not None
    return fact.refunded


# -- fourteen days of silence ------------------------------------------------------------------

Wishes = Callable[[Scene], Message[Any]]


def approves(made: Scene) -> Message[Any]:
    """The client is content."""
    return ApproveJob(job_id=made.job_id, actor=made.ana)


def disputes(made: Scene) -> Message[Any]:
    """He is not."""
    return OpenDispute(
        job_id=made.job_id,
        cause=DisputeReason.WORK_QUALITY,
        description="Gotea igual que antes",
        actor=made.ana,
    )


def sends_back(made: Scene) -> Message[Any]:
    """Not yet."""
    return RequestChanges(job_id=made.job_id, reason="Falta sellar", actor=made.ana)


BY_CLIENT: dict[Wishes, Seen] = {
    approves: RELEASED._replace(by=Role.CLIENT),
    disputes: Seen(
        state=(J.DISPUTED, E.HELD),
        steps=[*DONE, J.DISPUTED],
        by=Role.CLIENT,
        told=[e.DisputeOpened],
        money=HELD,
        lines=PAID,
    ),
    sends_back: Seen(
        state=(J.IN_PROGRESS, E.HELD),
        steps=[*DONE, J.IN_PROGRESS],
        by=Role.CLIENT,
        told=[e.ChangesRequested],
        money=HELD,
        lines=PAID,
    ),
}


@pytest.mark.parametrize("wishes", BY_CLIENT, ids=lambda wishes: wishes.__name__)
async def test_on_the_fourteenth_day_the_client_speaks_or_the_work_is_approved(
    backend: str, home: House, heard: Overhearing, wishes: Wishes
) -> None:
    winners = set[Role]()
    made = await scenes(home, Place.DONE, len(ROUNDS))
    for one, (clock, first) in zip(made, ROUNDS, strict=True):
        await due(home, heard, one.job_id)
        won, lost = split(await race(home, wishes(one), clock(one.job_id), first))
        assert len(won) < 2 and lost == {BAD_STATE: 2 - len(won)}
        seen = await look(home, heard, one.job_id)
        assert seen == (BY_CLIENT[wishes] if won else RELEASED)
        assert (await one.where())[2] == ("open" if won and wishes is disputes else "none")
        await audit(one)
        winners.add(seen.by)
    expect_both(backend, winners)


# -- nobody works, nobody pays -----------------------------------------------------------------


@pytest.mark.parametrize("who", [Role.CLIENT, Role.PROFESSIONAL])
async def test_after_75_days_who_leaves_and_the_clock_give_the_money_back_once(
    backend: str, home: House, heard: Overhearing, who: Role
) -> None:
    """The client could leave for ten days only: by now there is nothing that he could win."""
    winners = set[Role]()
    made = await scenes(home, Place.WORKING, len(ROUNDS))
    for one, (clock, first) in zip(made, ROUNDS, strict=True):
        await due(home, heard, one.job_id)
        leaver = one.ana if who is Role.CLIENT else one.beto
        wish = CancelJob(job_id=one.job_id, reason=None, actor=leaver)
        won, lost = split(await race(home, wish, clock(one.job_id), first))
        refusals = {BAD_STATE} | ({CoolingOffOver.__name__} if who is Role.CLIENT else set())
        assert len(won) < 2 and lost.total() == 2 - len(won) and set(lost) <= refusals
        cancelled = Seen(
            state=(J.CANCELLED, E.REFUNDING),
            steps=[*WORKING, J.CANCELLED],
            by=who if won else Role.CLOCK,
            told=[e.JobCancelled],
            money=RETURNING,
            lines=RETURNED,
        )
        assert await look(home, heard, one.job_id) == cancelled
        assert [refund.status for refund in await one.refunds()] == [S.CREATED]
        await send(home)
        assert await given_back(home, one.payment_id) == PRICE
        assert (await one.where())[:2] == ("cancelled", "refunded")
        await audit(one)
        winners.add(cancelled.by)
    assert len(script(home).sent("refund")) == len(made)
    if who is Role.CLIENT:
        assert winners == {Role.CLOCK}
    else:
        expect_both(backend, winners)


class Unpaid(NamedTuple):
    """A job that waits for its payment, and the page to pay it on."""

    ana: Actor
    beto: Actor
    id: JobId
    checkout: CheckoutId
    page: str


async def unpaid(home: House, many: int) -> list[Unpaid]:
    """An hour apart, of the same two people."""
    made = list[Unpaid]()
    ana, beto = await actors.client(home), await actors.professional(home)
    for _ in range(many):
        job = await actors.unpaid_job(home, ana, beto)
        where = await actors.checkout(home, job, ana)
        async with home.store.reading() as read:
            (checkout,) = await read.checkouts_of(job.id)
        made.append(Unpaid(ana, beto, job.id, checkout, where.preference_id))
        home.clock.advance(HOUR)
    await home.background.run_due()
    return made


GIVEN_UP = Seen(
    state=(J.CANCELLED, E.EMPTY),
    steps=[*WAITING, J.CANCELLED],
    by=Role.CLOCK,
    told=[e.JobCancelled],
    money=NOWHERE,
    lines=Counter(),
)


@pytest.mark.parametrize("who", [Role.CLIENT, Role.PROFESSIONAL])
async def test_in_the_24th_hour_an_unpaid_job_is_left_once(
    backend: str, home: House, heard: Overhearing, who: Role
) -> None:
    winners = set[Role]()
    made = await unpaid(home, len(ROUNDS))
    for one, (clock, first) in zip(made, ROUNDS, strict=True):
        await due(home, heard, one.id)
        leaver = one.ana if who is Role.CLIENT else one.beto
        wish = CancelJob(job_id=one.id, reason=None, actor=leaver)
        won, lost = split(await race(home, wish, clock(one.id), first))
        assert len(won) < 2 and lost == {BAD_STATE: 2 - len(won)}
        by = who if won else Role.CLOCK
        assert await look(home, heard, one.id) == GIVEN_UP._replace(by=by)
        winners.add(by)
    expect_both(backend, winners)


# -- money that arrives as its job is given up -------------------------------------------------

FUNDED = Seen(
    state=(J.IN_PROGRESS, E.HELD),
    steps=WORKING,
    by=Role.GATEWAY,
    told=[e.JobPaid, PaymentConfirmed],
    money=HELD,
    lines=PAID,
)
LATE = GIVEN_UP._replace(money=RETURNING, lines=Counter({M.PAYMENT: 1, M.REFUND: 1}))
BACK_AGAIN = LATE._replace(told=[e.JobCancelled, RefundArrived], money=NOWHERE)


async def expect_funded_or_returned(
    home: House, heard: Overhearing, one: Unpaid, payment: PaymentId
) -> JobStatus:
    """The money is held for the work, or is on its way back and arrives; where the job is."""
    seen = await look(home, heard, one.id)
    funds = seen.state == FUNDED.state
    assert seen == (FUNDED if funds else LATE)
    async with home.store.unit() as uow:
        intents = await uow.refunds.of_payment(payment)
    one_back = [(RefundOrigin.SUSPENSE, S.CREATED, PRICE)]
    assert [(r.origin, r.status, r.amount) for r in intents] == ([] if funds else one_back)
    await send(home)
    assert await given_back(home, payment) == (Money.ZERO if funds else PRICE)
    assert await look(home, heard, one.id) == (FUNDED if funds else BACK_AGAIN)
    assert "suspense" not in await accounts(home)
    return seen.state[0]


class Arrived(NamedTuple):
    """A payment that its gateway took, of a job that waited for it."""

    home: House
    job: Unpaid
    fact: Fact

    def hears(self) -> Awaitable[Any]:
        """Whoever has the answer already."""
        return self.home.core.execute(ApplyFact(fact=self.fact))

    def checks(self) -> Awaitable[Any]:
        """Whoever has only its number."""
        return self.home.core.execute(CheckPayment(payment_id=self.fact.id))

    def shows(self) -> Awaitable[Any]:
        """The client, who came back from the page."""
        asks = GetPaymentStatus(payment_id=self.fact.id, actor=self.job.ana)
        return self.home.core.execute(asks)

    def polls(self) -> Awaitable[Any]:
        """The sweep of open checkouts."""
        return self.home.core.execute(PollCheckout(checkout_id=self.job.checkout))

    def relays(self) -> Awaitable[Any]:
        """The worker that finds the gateway's notice."""
        return self.home.background.relay()


TELLERS = (Arrived.hears, Arrived.checks, Arrived.shows, Arrived.polls, Arrived.relays)


@pytest.mark.parametrize("tells", TELLERS, ids=lambda tells: tells.__name__)
async def test_a_payment_in_the_24th_hour_funds_its_job_or_goes_back(
    backend: str, home: House, heard: Overhearing, tells: Callable[[Arrived], Awaitable[Any]]
) -> None:
    """The gateway was asked a moment before it was paid, so that the clock knows of nothing."""
    ends = set[JobStatus]()
    orders = (False, True) * 2
    for one, first in zip(await unpaid(home, len(orders)), orders, strict=True):
        payment = home.gateway.pay(one.page)
        fact = await home.gateway.payment(payment)
        assert fact is not None
        await home.core.execute(ReceiveNotice(notice_id="1", payment_id=payment))
        await due(home, heard, one.id)
        arrived, lapse = Arrived(home, one, fact), ApplyLapse(job_id=one.id, heard=True)
        sides = [
            home.core.execute(lapse) if clock else tells(arrived)
            for clock in (first, not first) * 2
        ]
        await accepted(*sides)
        ends.add(await expect_funded_or_returned(home, heard, one, payment))
    if tells not in (Arrived.polls, Arrived.relays):  # these do something else before
        expect_both(backend, ends)


class PaysMeanwhile:
    """Somebody pays while the gateway's answer is on its way, and its notice is worked on at once;
    `known` if that is done when the answer arrives."""

    def __init__(self, home: House, page: str, known: bool) -> None:
        self._home, self._page, self._known = home, page, known

    async def __call__(self, _: object) -> None:
        self.payment = self._home.gateway.pay(self._page)
        check = self._home.core.execute(CheckPayment(payment_id=self.payment))
        self.notice = asyncio.create_task(check)
        if self._known:
            await self.notice


@pytest.mark.parametrize("known", [False, True], ids=["unknown", "known"])
async def test_a_payment_made_while_the_clock_asks_about_it_is_not_lost(
    home: House, heard: Overhearing, known: bool
) -> None:
    """The clock heard of none, and decides; the others who ask beside it see one."""
    for one in await unpaid(home, 4):
        await due(home, heard, one.id)
        pays = script(home).on_the_way["payments_of"] = PaysMeanwhile(home, one.page, known)
        await accepted(*(home.core.execute(LapseJob(job_id=one.id)) for _ in range(3)))
        await pays.notice
        end = await expect_funded_or_returned(home, heard, one, pays.payment)
        assert end is J.IN_PROGRESS or not known


# -- what a dispute, or the gateway, decides beside the workers --------------------------------

RULED = Seen(
    state=(J.CANCELLED, E.REFUNDED),
    steps=[*DONE, J.DISPUTED, J.CANCELLED, J.CANCELLED],
    by=Role.GATEWAY,
    told=[e.DisputeResolved, e.RefundProcessed],
    money=NOWHERE,
    lines=RETURNED,
)
DIVIDED = {"payable": REST.cents, "commission": (PRICE - BACK - REST).cents}
BY_RULING = {
    Ruling.REFUND: RULED,
    Ruling.RELEASE: Seen(
        state=(J.APPROVED, E.RELEASED),
        steps=[*DONE, J.DISPUTED, J.APPROVED],
        by=Role.ADMIN,
        told=[e.DisputeResolved, e.EscrowReleased],
        money=SHARES,
        lines=EARNED,
    ),
    Ruling.SPLIT: Seen(
        state=(J.APPROVED, E.SPLIT),
        steps=[*DONE, J.DISPUTED, J.APPROVED],
        by=Role.ADMIN,
        told=[e.DisputeResolved, e.EscrowReleased, RefundArrived],
        money=DIVIDED,
        lines=EARNED + RETURNED - PAID,
    ),
}
TO_CLIENT = {Ruling.REFUND: PRICE, Ruling.RELEASE: Money.ZERO, Ruling.SPLIT: BACK}


@pytest.mark.parametrize("ruling", Ruling)
async def test_after_60_days_a_dispute_is_ruled_or_lapses_while_workers_look_for_refunds(
    backend: str, home: House, heard: Overhearing, ruling: Ruling
) -> None:
    winners = set[bool]()
    made = await scenes(home, Place.QUARREL, len(ROUNDS))
    for one, (clock, first) in zip(made, ROUNDS, strict=True):
        await due(home, heard, one.job_id)
        dispute = (await one.job()).dispute_id
        assert dispute is not None
        wish = ResolveDispute(
            dispute_id=dispute,
            ruling=ruling,
            client_percent=40 if ruling is Ruling.SPLIT else None,
            explanation="visto",
            actor=home.admin,
        )
        worker = home.core.execute(Sweep(due=Due.REFUNDS))
        answers, _ = await asyncio.gather(race(home, wish, clock(one.job_id), first), worker)
        won, lost = split(answers)
        assert len(won) < 2 and lost == {BAD_STATE: 2 - len(won)}
        await send(home)
        seen = await look(home, heard, one.job_id)
        assert seen == (BY_RULING[ruling] if won else RULED)
        shown = await one.dispute()
        assert (shown.ruling, shown.explanation) == (
            (ruling, "visto") if won else (Ruling.REFUND, None)
        )
        assert await given_back(home, one.payment_id) == (TO_CLIENT[ruling] if won else PRICE)
        await audit(one)
        winners.add(bool(won))
    expect_both(backend, winners)


async def leaves(home: House, made: Scene) -> None:
    """The professional does: the money is to go back, and no worker has seen it yet."""
    await home.core.execute(CancelJob(job_id=made.job_id, reason=None, actor=made.beto))


def heard_of(home: House, made: Scene, word: Word) -> Fact:
    """The gateway's word, as whoever asked brings it."""
    refunded = REFUNDS.get(word)
    return home.gateway.change(made.payment_id, *word.value, refunded=refunded)


TAKEN = ((J.CANCELLED, E.CHARGED_BACK), NOWHERE)
GONE_BACK = ((J.CANCELLED, E.REFUNDED), NOWHERE)
FROZEN = ((J.CANCELLED, E.REFUNDING), RETURNING)
AFTER = {
    W.SETTLED: (TAKEN, Counter({e.EscrowFrozen: 1, e.PaymentChargedBack: 1})),
    W.REFUNDED: (GONE_BACK, Counter({e.RefundProcessed: 1})),
    W.MEDIATION: (FROZEN, Counter({e.EscrowFrozen: 1})),
}
"""Where the job is and its money, and which steps it took there, whoever was first."""
INTENTS = {
    W.SETTLED: {S.VOID},
    W.REFUNDED: {S.VOID, S.SUCCEEDED},
    W.MEDIATION: {S.VOID, S.MANUAL},
}
"""Not sent at all, seen in the payment's own sum, or refused and on a person's list."""


@pytest.mark.parametrize("word", AFTER)
async def test_the_gateways_word_and_a_worker_move_the_money_once(
    backend: str, home: House, heard: Overhearing, word: Word
) -> None:
    """Whether the word is there before the worker claims the intent, or just before he sends."""
    intents = set[RefundStatus]()
    ways = tuple(product((False, True), (False, True)))
    made = await scenes(home, Place.WORKING, len(ways))
    for one, (first, on_its_way) in zip(made, ways, strict=True):
        await leaves(home, one)
        (refund,) = await one.refunds()
        heard.events.clear()
        run = RunRefund(refund_id=refund.id)

        async def speaks(one: Scene = one, run: RunRefund = run) -> None:
            hears = ApplyFact(fact=heard_of(home, one, word))
            await accepted(*(home.core.execute(side) for side in (run, hears, hears)))

        if on_its_way:
            script(home).meanwhile["refund"] = speaks
            await home.core.execute(run)
        else:
            hears = ApplyFact(fact=heard_of(home, one, word))
            sides = [hears, run] * 2 if first else [run, hears] * 2
            await accepted(*(home.core.execute(side) for side in sides))
        await send(home)
        seen = await look(home, heard, one.job_id)
        moves = Counter(kind for kind in seen.told if issubclass(kind, e.JobMoved))
        assert ((seen.state, seen.money), moves) == AFTER[word]
        (refund,) = await one.refunds()
        intents.add(refund.status)
        assert refund.status in INTENTS[word]
        assert script(home).sent("refund").count(refund.key) < 2
        assert await given_back(home, one.payment_id) == REFUNDS.get(word, Money.ZERO)
        assert (await one.payment()).flag is None
        await audit(one)
    expect_both(backend, intents, len(INTENTS[word]))


async def test_a_mediation_that_ends_well_and_workers_send_one_refund(
    home: House, heard: Overhearing
) -> None:
    """It voided the intent; its end orders another, which workers look for already."""
    orders = (False, True) * 2
    for one, first in zip(await scenes(home, Place.WORKING, 4), orders, strict=True):
        await leaves(home, one)
        await home.core.execute(ApplyFact(fact=heard_of(home, one, W.MEDIATION)))
        heard.events.clear()
        hears = ApplyFact(fact=heard_of(home, one, W.FINE))
        work = Sweep(due=Due.REFUNDS)
        sides: list[Message[Any]] = [work, hears] * 3 if first else [hears, work] * 3
        await accepted(*(home.core.execute(side) for side in sides))
        await send(home)
        seen = await look(home, heard, one.job_id)
        assert (seen.state, seen.money) == GONE_BACK
        assert seen.told == [e.EscrowUnfrozen, e.RefundProcessed]
        voided, sent = await one.refunds()
        assert (voided.status, sent.status) == (S.VOID, S.SUCCEEDED)
        assert script(home).sent("refund").count(sent.key) == 1
        assert await given_back(home, one.payment_id) == PRICE
        await audit(one)


# -- points ------------------------------------------------------------------------------------


async def test_however_many_give_points_at_once_each_job_counts_once(
    home: House, heard: Overhearing
) -> None:
    """Two jobs of one professional, so that neither sum is lost in the other; and the worker that
    has to do the same."""
    one, other = await scenes(home, Place.DONE, 2)
    review = WriteReview(job_id=other.job_id, rating=5, text="Bien", actor=other.ana)
    for message in (review, approves(one), approves(other)):
        await home.core.execute(message)
    awards = [AwardPoints(job_id=made.job_id) for made in (one, other)] * 6
    await accepted(*(home.core.execute(award) for award in awards), home.background.relay())
    await home.background.run_due()
    told = [event for event in heard.events if isinstance(event, PointsEarned)]
    assert sorted(event.points for event in told) == [100, 150]
    assert max(event.total for event in told) == 250
    progress = GetProgress(user_id=person(one.beto), actor=home.admin)
    assert (await home.core.execute(progress)).points == 250
