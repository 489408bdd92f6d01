"""The quarrel over a job: who may open it, what stops meanwhile, and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.jobs import events as e
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import DisputeStatus, EscrowStatus, JobStatus, Trigger
from conectar.domain.jobs.refusals import InvalidTransition, NoDisputeLeft, StillSuspended
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.actor import CLOCK, Actor, Role
from conectar.domain.kernel.errors import WrongSide
from conectar.domain.kernel.events import Moved
from conectar.domain.kernel.ids import DisputeId, UserId
from conectar.domain.kernel.money import Money

from .builders import (
    ADMIN,
    CLIENT,
    DAY,
    DISPUTE_ID,
    HOUR,
    PRICE,
    PROFESSIONAL,
    T0,
    TERMS,
    TICK,
    TO_CLIENT,
    accepted,
    disputed,
    done,
    paid,
    resolved,
    sent_back,
    taken,
    withdrawn,
)

PAID_AT = T0 + HOUR
CAP = PAID_AT + 150 * DAY
OTHER_ADMIN = Actor(Role.ADMIN, UserId(UUID(int=6)))
SECOND_ID = DisputeId(UUID(int=13))
FROM = {"in progress": paid(), "completed": done(paid(), T0 + DAY)}
OPENERS = {"client": CLIENT, "professional": PROFESSIONAL, "admin": ADMIN}
PARTIES = [CLIENT, PROFESSIONAL]
EVERY_OPENING = [(place, opener) for place in FROM for opener in OPENERS]


def opening(place: str, opener: str, at: datetime = T0 + 2 * DAY) -> Job:
    return disputed(FROM[place], OPENERS[opener], at)


# -- opening -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "opener"), EVERY_OPENING)
def test_a_dispute_remembers_where_it_began_who_opened_it_and_what_time_was_left(
    place: str, opener: str
) -> None:
    before, job = FROM[place], opening(place, opener)
    assert (job.status, job.escrow, job.dispute) == (
        JobStatus.DISPUTED,
        EscrowStatus.HELD,
        DisputeStatus.OPEN,
    )
    assert (job.dispute_id, job.opened_by) == (DISPUTE_ID, OPENERS[opener].role)
    assert job.opened_from is before.status
    assert before.deadline_at is not None
    assert job.dispute_left == before.deadline_at - (T0 + 2 * DAY)
    assert job.deadline_at == T0 + 62 * DAY
    assert (job.client_disputed, job.professional_disputed) == (
        opener == "client",
        opener == "professional",
    )
    assert job.quarrelling
    assert not before.quarrelling


@pytest.mark.parametrize("by", PARTIES)
def test_each_party_disputes_a_job_once(by: Actor) -> None:
    job = withdrawn(disputed(paid(), by, T0 + DAY), by, T0 + 2 * DAY)
    for later in (job, done(job, T0 + 3 * DAY)):
        with pytest.raises(NoDisputeLeft):
            disputed(later, by, T0 + 4 * DAY)
        other = PROFESSIONAL if by is CLIENT else CLIENT
        second = disputed(later, other, T0 + 4 * DAY, SECOND_ID)
        assert (second.dispute_id, second.opened_by) == (SECOND_ID, other.role)
        calm = withdrawn(second, other, T0 + 5 * DAY)
        for each in PARTIES:
            with pytest.raises(NoDisputeLeft):
                disputed(calm, each, T0 + 6 * DAY)


def test_a_suspension_spends_nobodys_dispute() -> None:
    job = withdrawn(disputed(paid(), ADMIN, T0 + DAY), ADMIN, T0 + 2 * DAY)
    again = disputed(job, ADMIN, T0 + 3 * DAY, SECOND_ID)
    calm = withdrawn(again, OTHER_ADMIN, T0 + 4 * DAY)
    for by in PARTIES:
        assert disputed(calm, by, T0 + 5 * DAY).opened_by is by.role


def test_the_job_of_a_suspended_party_is_closed_unpaid_or_disputed() -> None:
    closed, (told,) = accepted().suspend(DISPUTE_ID, by=ADMIN, at=T0 + HOUR, reason="Fraud")
    assert (closed.status, closed.escrow) == (JobStatus.CANCELLED, EscrowStatus.EMPTY)
    assert (closed.dispute_id, closed.deadline_at) == (None, None)
    assert type(told) is e.JobCancelled
    _, (told,) = paid().suspend(DISPUTE_ID, by=ADMIN, at=T0 + DAY, reason="Fraud")
    assert isinstance(told, e.DisputeOpened)
    assert (told.actor, told.reason) == (ADMIN, "Fraud")


def test_whoever_looks_at_it_stops_no_clock() -> None:
    job = opening("completed", "client")
    later = taken(job, T0 + 40 * DAY)
    assert (later.dispute, later.deadline_at) == (DisputeStatus.REVIEW, job.deadline_at)
    with pytest.raises(InvalidTransition):
        taken(later, T0 + 41 * DAY)


# -- withdrawing -------------------------------------------------------------------------------


@pytest.mark.parametrize("reviewed", [False, True])
@pytest.mark.parametrize(("place", "opener"), EVERY_OPENING)
def test_a_withdrawal_puts_the_job_back_with_the_time_it_had(
    place: str, opener: str, reviewed: bool
) -> None:
    before, job = FROM[place], opening(place, opener)
    assert before.deadline_at is not None
    job = taken(job, T0 + 10 * DAY) if reviewed else job
    calm = withdrawn(job, OPENERS[opener], T0 + 30 * DAY)
    assert (calm.status, calm.escrow) == (before.status, EscrowStatus.HELD)
    assert calm.dispute is DisputeStatus.WITHDRAWN
    assert calm.deadline_at == before.deadline_at + 28 * DAY
    assert (calm.opened_from, calm.opened_by, calm.dispute_left) == (None, None, None)


def test_only_the_opener_withdraws_and_any_administrator_what_one_opened() -> None:
    for place, opener in EVERY_OPENING:
        job = opening(place, opener)
        for name, by in OPENERS.items():
            if name != opener:
                with pytest.raises(WrongSide):
                    withdrawn(job, by, T0 + 3 * DAY)
    job = opening("in progress", "admin")
    assert withdrawn(job, OTHER_ADMIN, T0 + 3 * DAY).dispute is DisputeStatus.WITHDRAWN


def test_what_a_suspension_opened_ends_only_after_it() -> None:
    job = opening("in progress", "admin")
    with pytest.raises(StillSuspended):
        job.withdraw_dispute(by=ADMIN, at=T0 + 3 * DAY, party_banned=True)
    by_client = opening("in progress", "client")
    calm = by_client.withdraw_dispute(by=CLIENT, at=T0 + 3 * DAY, party_banned=True).job
    assert calm.status is JobStatus.IN_PROGRESS, "his own dispute he may always let be"


@pytest.mark.parametrize(
    ("hours_left", "hours_after"), [(0, 48), (1, 48), (47, 48), (48, 48), (49, 49), (300, 300)]
)
def test_a_withdrawal_leaves_48_hours_at_least(hours_left: int, hours_after: int) -> None:
    finished = done(paid(), T0 + DAY)
    assert finished.deadline_at is not None
    job = disputed(finished, CLIENT, finished.deadline_at - hours_left * HOUR)
    at = finished.deadline_at + 5 * DAY
    assert withdrawn(job, CLIENT, at).deadline_at == at + hours_after * HOUR


@pytest.mark.parametrize("before_cap", [TICK, HOUR, 47 * HOUR, 48 * HOUR, 49 * HOUR])
def test_the_cap_of_150_days_beats_the_48_hours(before_cap: timedelta) -> None:
    job = done(paid(), PAID_AT + 74 * DAY)
    job = done(sent_back(job, PAID_AT + 87 * DAY), PAID_AT + 100 * DAY)
    job = disputed(job, CLIENT, PAID_AT + 114 * DAY - TICK)
    at = CAP - before_cap
    calm = withdrawn(job, CLIENT, at)
    assert calm.deadline_at == min(CAP, at + 48 * HOUR)
    assert calm.lapse(at=CAP).job.escrow is EscrowStatus.RELEASED


@given(st.integers(0, 74 * 24), st.integers(0, 60 * 24))
def test_however_long_it_lasted_the_time_left_is_kept(opened: int, lasted: int) -> None:
    job = disputed(paid(), PROFESSIONAL, PAID_AT + opened * HOUR)
    at = PAID_AT + (opened + lasted) * HOUR
    left = max(75 * DAY - opened * HOUR, 48 * HOUR)
    assert withdrawn(job, PROFESSIONAL, at).deadline_at == min(at + left, CAP)


def test_a_dispute_of_a_late_job_ends_at_the_cap_too() -> None:
    long = Terms(work=timedelta(days=140))
    job = paid(terms=long).open_dispute(DISPUTE_ID, by=CLIENT, at=PAID_AT + 100 * DAY, reason="n")
    assert job.job.deadline_at == CAP


# -- told --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [0, 1, 2, 3])
@pytest.mark.parametrize("by", PARTIES)
def test_a_client_with_nothing_left_to_ask_for_is_told_so(by: Actor, rounds: int) -> None:
    job = done(paid(), T0 + DAY)
    for n in range(rounds):
        job = done(sent_back(job, T0 + (2 * n + 2) * DAY), T0 + (2 * n + 3) * DAY)
    job = disputed(job, by, T0 + 8 * DAY)
    _, (told,) = job.withdraw_dispute(by=by, at=T0 + 9 * DAY, party_banned=False)
    assert isinstance(told, e.DisputeWithdrawn)
    assert told.spent == (by is CLIENT and rounds == TERMS.changes)


def test_a_suspension_that_ends_tells_nobody_that_he_is_spent() -> None:
    job = done(paid(), T0 + DAY)
    for n in range(TERMS.changes):
        job = done(sent_back(job, T0 + (2 * n + 2) * DAY), T0 + (2 * n + 3) * DAY)
    job = disputed(job, ADMIN, T0 + 8 * DAY)
    _, (told,) = job.withdraw_dispute(by=ADMIN, at=T0 + 9 * DAY, party_banned=False)
    assert isinstance(told, e.DisputeWithdrawn)
    assert not told.spent


def test_the_timeline_of_a_quarrel_has_no_gap_and_one_row_a_step() -> None:
    told = list[e.JobMoved]()
    job = FROM["completed"]
    first = job.version

    def step(decision: tuple[Job, tuple[object, ...]]) -> None:
        nonlocal job
        job, events = decision
        (moved,) = [event for event in events if isinstance(event, Moved)]
        assert isinstance(moved, e.JobMoved)
        assert moved.version == job.version
        told.append(moved)

    at = T0 + 2 * DAY
    step(job.open_dispute(DISPUTE_ID, by=CLIENT, at=at, reason="Leaks"))
    step(job.take_dispute(by=ADMIN, at=at + DAY))
    step(job.withdraw_dispute(by=CLIENT, at=at + 2 * DAY, party_banned=False))
    step(job.suspend(SECOND_ID, by=ADMIN, at=at + 3 * DAY, reason="Fraud"))
    step(
        job.resolve(
            Trigger.RESOLVE_SPLIT,
            by=ADMIN,
            at=at + 4 * DAY,
            reason="Half done",
            to_client=TO_CLIENT,
        )
    )
    assert [row.version for row in told] == list(range(first + 1, first + 6))
    assert [type(row) for row in told] == [
        e.DisputeOpened,
        e.DisputeTaken,
        e.DisputeWithdrawn,
        e.DisputeOpened,
        e.DisputeResolved,
    ]
    assert [row.actor for row in told] == [CLIENT, ADMIN, CLIENT, ADMIN, ADMIN]
    assert [row.before for row in told[1:]] == [row.status for row in told[:-1]]
    assert told[-1].reason == "Half done"


# -- ending ------------------------------------------------------------------------------------

ENDINGS = [
    (Trigger.RESOLVE_RELEASE, JobStatus.APPROVED, EscrowStatus.RELEASED),
    (Trigger.RESOLVE_REFUND, JobStatus.CANCELLED, EscrowStatus.REFUNDING),
    (Trigger.RESOLVE_SPLIT, JobStatus.APPROVED, EscrowStatus.SPLIT),
]


@pytest.mark.parametrize("reviewed", [False, True])
@pytest.mark.parametrize(("trigger", "status", "escrow"), ENDINGS)
def test_an_administrator_resolves_it_once_in_three_ways(
    trigger: Trigger, status: JobStatus, escrow: EscrowStatus, reviewed: bool
) -> None:
    job = opening("completed", "client")
    job = taken(job, T0 + 3 * DAY) if reviewed else job
    over = resolved(job, trigger, T0 + 4 * DAY)
    assert (over.status, over.escrow, over.dispute) == (status, escrow, DisputeStatus.RESOLVED)
    assert over.deadline_at is None
    assert over.released_as is (escrow if status is JobStatus.APPROVED else None)
    for again, *_ in ENDINGS:
        with pytest.raises(InvalidTransition):
            resolved(over, again, T0 + 5 * DAY)
    with pytest.raises(InvalidTransition):
        withdrawn(over, CLIENT, T0 + 5 * DAY)


def test_silence_for_60_days_gives_the_money_back() -> None:
    job = opening("completed", "professional")
    assert job.deadline_at is not None
    with pytest.raises(InvalidTransition):
        job.lapse(at=job.deadline_at - TICK)
    over, (told,) = job.lapse(at=job.deadline_at)
    assert (over.status, over.escrow, over.dispute) == (
        JobStatus.CANCELLED,
        EscrowStatus.REFUNDING,
        DisputeStatus.RESOLVED,
    )
    assert isinstance(told, e.DisputeResolved)
    assert told.actor == CLOCK


@pytest.mark.parametrize("trigger", [Trigger.RESOLVE_SPLIT, Trigger.ORDER_SPLIT])
def test_divided_money_is_the_price_to_the_cent(trigger: Trigger) -> None:
    job = FROM["completed"]
    job = disputed(job, CLIENT, T0 + 2 * DAY) if trigger is Trigger.RESOLVE_SPLIT else job
    over, events = job.resolve(trigger, by=ADMIN, at=T0 + 4 * DAY, reason="So", to_client=TO_CLIENT)
    _, released = events
    assert isinstance(released, e.EscrowReleased)
    assert not released.whole
    assert TO_CLIENT + released.net + released.commission == PRICE
    assert released.commission == (PRICE - TO_CLIENT).share(over.rate)
    assert (over.to_client, over.released_as) == (TO_CLIENT, EscrowStatus.SPLIT)
    assert over.approved_at == T0 + 4 * DAY


def test_a_whole_release_by_a_dispute_tells_that_it_is_whole() -> None:
    _, events = opening("completed", "client").resolve(
        Trigger.RESOLVE_RELEASE, by=ADMIN, at=T0 + 4 * DAY, reason="So"
    )
    (released,) = [event for event in events if isinstance(event, e.EscrowReleased)]
    assert released.whole
    assert released.net + released.commission == PRICE


def test_an_order_gives_held_money_back_though_nobody_quarrels() -> None:
    for job in FROM.values():
        back = resolved(job, Trigger.ORDER_REFUND, T0 + 2 * DAY)
        assert (back.status, back.escrow) == (JobStatus.CANCELLED, EscrowStatus.REFUNDING)
        assert (back.dispute, back.to_client) == (DisputeStatus.NONE, None)
        split = resolved(job, Trigger.ORDER_SPLIT, T0 + 2 * DAY)
        assert (split.status, split.escrow) == (JobStatus.APPROVED, EscrowStatus.SPLIT)
        assert split.shares.net + split.shares.commission == PRICE - Money(TO_CLIENT.cents)
    for trigger in (Trigger.ORDER_REFUND, Trigger.ORDER_SPLIT):
        with pytest.raises(InvalidTransition):
            resolved(opening("completed", "client"), trigger, T0 + 3 * DAY)
