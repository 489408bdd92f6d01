"""Silence: each deadline of a job, to the microsecond, and what happens when it is reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conectar.domain.jobs.asking import allowed, next_turn
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus, FrozenBy, JobStatus, Trigger
from conectar.domain.jobs.refusals import CoolingOffOver, InvalidTransition, NoChangesLeft
from conectar.domain.jobs.refusals import PaymentFrozen as Frozen
from conectar.domain.jobs.terms import Terms, end_of_days
from conectar.domain.kernel.actor import CLOCK, GATEWAY, Actor
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.events import Moved
from conectar.domain.kernel.money import Money
from conectar.domain.offers.limits import OfferLimits

from .builders import (
    ADMIN,
    CLIENT,
    DAY,
    DISPUTE_ID,
    HOUR,
    LIMITS,
    PROFESSIONAL,
    T0,
    TERMS,
    TICK,
    TO_CLIENT,
    accepted,
    approved,
    disputed,
    done,
    frozen,
    left,
    paid,
    refunded,
    sent_back,
    withdrawn,
)
from .job_rules import SCENES

ART = timezone(timedelta(hours=-3))
PAID_AT = T0 + HOUR


def cancelled_by_client(job: Job, at: datetime) -> Job:
    return left(job, CLIENT, at)


def test_the_figures_of_the_rules() -> None:
    assert (
        Terms(
            payment=timedelta(hours=24),
            pending_payment=timedelta(hours=72),
            work=timedelta(days=75),
            approval=timedelta(days=14),
            rework=timedelta(days=14),
            dispute=timedelta(days=60),
            after_dispute=timedelta(hours=48),
            held=timedelta(days=150),
            cooling_off_days=10,
            changes=3,
        )
        == TERMS
    )
    assert OfferLimits(days=15, price_min=Money(100_00), reminder=DAY) == LIMITS


@pytest.mark.parametrize(
    ("job", "deadline"),
    [
        (accepted(), T0 + 24 * HOUR),
        (paid(), PAID_AT + 75 * DAY),
        (done(paid(), T0 + 5 * DAY), T0 + 19 * DAY),
        (sent_back(done(paid(), T0 + 5 * DAY), T0 + 6 * DAY), PAID_AT + 75 * DAY),
        (sent_back(done(paid(), PAID_AT + 70 * DAY), PAID_AT + 80 * DAY), PAID_AT + 94 * DAY),
        (sent_back(done(paid(), T0 + DAY), PAID_AT + 61 * DAY), PAID_AT + 75 * DAY),
        (sent_back(done(paid(), T0 + DAY), PAID_AT + 61 * DAY + TICK), PAID_AT + 75 * DAY + TICK),
        (disputed(paid(), CLIENT, T0 + 5 * DAY), T0 + 65 * DAY),
        (disputed(done(paid(), T0 + DAY), PROFESSIONAL, T0 + 5 * DAY), T0 + 65 * DAY),
        (disputed(paid(), ADMIN, T0 + 5 * DAY), T0 + 65 * DAY),
    ],
)
def test_each_state_has_its_deadline(job: Job, deadline: datetime) -> None:
    assert job.deadline_at == deadline


def test_no_deadline_reaches_past_150_days_from_payment() -> None:
    cap = PAID_AT + 150 * DAY
    assert done(paid(), PAID_AT + 136 * DAY).deadline_at == cap
    assert done(paid(), PAID_AT + 136 * DAY - TICK).deadline_at == cap - TICK
    assert done(paid(), PAID_AT + 149 * DAY).deadline_at == cap
    job = done(paid(), PAID_AT + 75 * DAY)
    for day in (89, 117):
        job = done(sent_back(job, PAID_AT + day * DAY), PAID_AT + (day + 14) * DAY)
    assert job.deadline_at == PAID_AT + 145 * DAY
    job = sent_back(job, PAID_AT + 145 * DAY - TICK)
    assert job.deadline_at == cap
    assert done(job, cap - TICK).deadline_at == cap
    assert disputed(job, CLIENT, PAID_AT + 145 * DAY).deadline_at == cap


def test_a_long_setting_is_capped_too() -> None:
    assert paid(terms=Terms(work=timedelta(days=200))).deadline_at == PAID_AT + 150 * DAY


@pytest.mark.parametrize(
    ("job", "status", "escrow"),
    [
        (accepted(), JobStatus.CANCELLED, EscrowStatus.EMPTY),
        (paid(), JobStatus.CANCELLED, EscrowStatus.REFUNDING),
        (done(paid(), T0 + DAY), JobStatus.APPROVED, EscrowStatus.RELEASED),
        (
            sent_back(done(paid(), T0 + DAY), T0 + 2 * DAY),
            JobStatus.CANCELLED,
            EscrowStatus.REFUNDING,
        ),
        (disputed(paid(), PROFESSIONAL, T0 + DAY), JobStatus.CANCELLED, EscrowStatus.REFUNDING),
        (
            withdrawn(disputed(done(paid(), T0 + DAY), CLIENT, T0 + DAY), CLIENT, T0 + 2 * DAY),
            JobStatus.APPROVED,
            EscrowStatus.RELEASED,
        ),
    ],
)
def test_silence_does_what_the_state_says_and_not_a_moment_early(
    job: Job, status: JobStatus, escrow: EscrowStatus
) -> None:
    assert job.deadline_at is not None
    with pytest.raises(InvalidTransition):
        job.lapse(at=job.deadline_at - TICK)
    after, events = job.lapse(at=job.deadline_at)
    assert (after.status, after.escrow, after.deadline_at) == (status, escrow, None)
    assert after.version == job.version + 1
    assert [event.actor for event in events if isinstance(event, Moved)] == [CLOCK]


def test_nothing_lapses_that_does_not_wait() -> None:
    late = T0 + 400 * DAY
    refunding = left(paid(), PROFESSIONAL, T0 + DAY)
    released = approved(done(paid(), T0 + DAY), T0 + DAY)
    unpaid = cancelled_by_client(accepted(), T0 + HOUR)
    for job in (refunding, refunded(refunding, T0 + DAY), released, unpaid):
        assert job.deadline_at is None
        with pytest.raises(InvalidTransition):
            job.lapse(at=late)


def test_the_clock_of_frozen_money_stands_still() -> None:
    calm = (paid(), done(paid(), T0 + DAY))
    for job in (*calm, *(disputed(job, CLIENT, T0 + DAY) for job in calm)):
        with pytest.raises(Frozen):
            frozen(job, at=T0 + DAY).lapse(at=T0 + 400 * DAY)


def test_work_may_be_finished_while_frozen_but_silence_does_not_release_it() -> None:
    job = done(frozen(paid()), T0 + DAY)
    assert job.status is JobStatus.COMPLETED
    with pytest.raises(Frozen):
        job.lapse(at=T0 + 400 * DAY)


BUENOS_AIRES_EDGES = [
    # accepted, the last moment at which the client may cancel
    (datetime(2026, 3, 2, 12, 0, tzinfo=ART), datetime(2026, 3, 12, 23, 59, 59, 999999, ART)),
    (datetime(2026, 3, 2, 0, 0, tzinfo=ART), datetime(2026, 3, 12, 23, 59, 59, 999999, ART)),
    (datetime(2026, 3, 2, 23, 59, tzinfo=ART), datetime(2026, 3, 12, 23, 59, 59, 999999, ART)),
    # 01:00 UTC on the 3rd is still the 2nd in Buenos Aires
    (datetime(2026, 3, 3, 1, 0, tzinfo=UTC), datetime(2026, 3, 13, 2, 59, 59, 999999, UTC)),
    (datetime(2026, 3, 3, 3, 0, tzinfo=UTC), datetime(2026, 3, 14, 2, 59, 59, 999999, UTC)),
    (datetime(2025, 12, 28, 9, 0, tzinfo=ART), datetime(2026, 1, 7, 23, 59, 59, 999999, ART)),
]


@pytest.mark.parametrize(("accepted_at", "last"), BUENOS_AIRES_EDGES)
def test_the_client_may_leave_for_ten_calendar_days_of_buenos_aires(
    accepted_at: datetime, last: datetime
) -> None:
    job = accepted(at=accepted_at).confirm_payment(at=accepted_at + HOUR).job
    assert cancelled_by_client(job, last.astimezone(UTC)).escrow is EscrowStatus.REFUNDING
    with pytest.raises(CoolingOffOver):
        cancelled_by_client(job, (last + TICK).astimezone(UTC))


def test_the_ten_days_count_from_acceptance_and_not_from_payment() -> None:
    job = paid(at=T0 + 3 * DAY)
    assert cancelled_by_client(job, T0 + 10 * DAY).status is JobStatus.CANCELLED
    with pytest.raises(CoolingOffOver):
        cancelled_by_client(job, T0 + 11 * DAY)


def test_the_professional_may_leave_later_too() -> None:
    job = left(paid(), PROFESSIONAL, T0 + 60 * DAY)
    assert job.escrow is EscrowStatus.REFUNDING


def test_once_marked_done_the_client_may_never_simply_leave() -> None:
    job = sent_back(done(paid(), T0 + 2 * HOUR), T0 + 3 * HOUR)
    with pytest.raises(CoolingOffOver):
        cancelled_by_client(job, T0 + 4 * HOUR)


@given(st.integers(0, 20 * 365 * 86_400), st.integers(0, 40 * 86_400))
def test_calendar_days_are_days_at_minus_three_hours(since: int, seconds: int) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=since)
    later = start + timedelta(seconds=seconds)
    days = (later - 3 * HOUR).date().toordinal() - (start - 3 * HOUR).date().toordinal()
    assert (later < end_of_days(start, 10)) == (days <= 10)


@pytest.mark.parametrize("name", SCENES)
def test_until_its_next_turn_the_clock_changes_nothing(name: str) -> None:
    job = SCENES[name].job
    callers = {actor: job.roles_of(actor) for actor in (CLIENT, PROFESSIONAL, ADMIN)}

    def answers(at: datetime) -> list[object]:
        return [job.payable_until(at), *(allowed(job, roles, at) for roles in callers.values())]

    turns = [next_turn(job, T0)]
    while (last := turns[-1]) is not None:
        turns.append(next_turn(job, last))
    moments = {T0 + hours * HOUR for hours in range(0, 160 * 24, 7)}
    for turn in turns:
        moments |= {turn - TICK, turn} if turn else set()
    for before, after in pairwise(sorted(moments)):
        turn = next_turn(job, before)
        if turn is None or after < turn:
            assert answers(before) == answers(after), (before, after)


def test_changes_three_times_at_most() -> None:
    job = done(paid(), T0 + DAY)
    for used in (1, 2, 3):
        job = sent_back(job, T0 + 2 * used * DAY)
        assert job.changes_used == used
        job = done(job, T0 + (2 * used + 1) * DAY)
    with pytest.raises(NoChangesLeft):
        sent_back(job, T0 + 9 * DAY)
    assert job.approve(by=CLIENT, at=T0 + 9 * DAY).job.status is JobStatus.APPROVED


def test_a_pending_payment_is_waited_for_until_72_hours_after_acceptance() -> None:
    job = accepted()
    later = job.wait_for_pending(again_after=T0 + 25 * HOUR)
    assert (later.deadline_at, later.version) == (T0 + 25 * HOUR, job.version)
    last = later.wait_for_pending(again_after=T0 + 90 * HOUR)
    assert last.deadline_at == T0 + 72 * HOUR
    with pytest.raises(InvalidTransition):
        last.lapse(at=T0 + 72 * HOUR - TICK)
    assert last.lapse(at=T0 + 72 * HOUR).job.status is JobStatus.CANCELLED
    assert last.confirm_payment(at=T0 + 71 * HOUR).job.escrow is EscrowStatus.HELD


Make = Callable[[Job, datetime], Any]


def leave(by: Actor, trigger: Trigger = Trigger.CANCEL) -> Make:
    return lambda j, at: j.leave(trigger, by=by, at=at, reason=None)


def dispute(by: Actor) -> Make:
    return lambda j, at: j.open_dispute(DISPUTE_ID, by=by, at=at, reason="n")


def withdraw(by: Actor, banned: bool = False) -> Make:
    return lambda j, at: j.withdraw_dispute(by=by, at=at, party_banned=banned)


def decide(trigger: Trigger, part: Money | None = None) -> Make:
    return lambda j, at: j.resolve(trigger, by=ADMIN, at=at, reason="n", to_client=part)


def take_away(trigger: Trigger, in_flight: bool = False) -> Make:
    return lambda j, at: j.take_away(trigger, at=at, in_flight=in_flight)


MOVES: list[Make] = [
    lambda j, at: j.confirm_payment(at=at),
    lambda j, at: j.complete(by=PROFESSIONAL, at=at, notes=None),
    lambda j, at: j.request_changes(by=CLIENT, at=at, reason="n"),
    lambda j, at: j.approve(by=CLIENT, at=at),
    lambda j, at: j.lapse(at=at),
    lambda j, at: j.confirm_refund(by=GATEWAY, at=at),
    lambda j, at: j.suspend(DISPUTE_ID, by=ADMIN, at=at, reason="n"),
    lambda j, at: j.take_dispute(by=ADMIN, at=at),
    lambda j, at: j.freeze(FrozenBy.MEDIATION, at=at),
    lambda j, at: j.freeze(FrozenBy.CHARGEBACK, at=at),
    lambda j, at: j.thaw(at=at),
    lambda j, at: j.reimburse(at=at),
    leave(CLIENT),
    leave(PROFESSIONAL),
    leave(CLIENT, Trigger.REGRET),
    dispute(CLIENT),
    dispute(PROFESSIONAL),
    withdraw(CLIENT),
    withdraw(PROFESSIONAL),
    withdraw(ADMIN),
    withdraw(ADMIN, banned=True),
    decide(Trigger.RESOLVE_RELEASE),
    decide(Trigger.RESOLVE_REFUND),
    decide(Trigger.RESOLVE_SPLIT, TO_CLIENT),
    decide(Trigger.ORDER_REFUND),
    decide(Trigger.ORDER_SPLIT, TO_CLIENT),
    take_away(Trigger.LOSE),
    take_away(Trigger.LOSE, in_flight=True),
    take_away(Trigger.OUTSIDE_REFUND),
    take_away(Trigger.SETTLE_CHARGEBACK),
]
WAITING = (JobStatus.IN_PROGRESS, JobStatus.COMPLETED, JobStatus.DISPUTED)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 20 * 24)), max_size=60))
def test_any_life_has_a_gapless_timeline_and_never_waits_for_nothing(
    life: list[tuple[Make, int]],
) -> None:
    job, now, timeline = paid(), T0 + HOUR, 2
    for move, hours in life:
        now += timedelta(hours=hours)
        try:
            after, events = move(job, now)
        except DomainError:
            continue
        (moved,) = [event for event in events if isinstance(event, Moved)]
        timeline += 1
        assert after.version == moved.version == timeline
        assert moved.states == (job.status, after.status, after.escrow)
        expect_clock(after)
        assert after.changes_used <= 3
        job = after


def expect_clock(job: Job) -> None:
    """Either the clock runs, or frozen money stopped it, or nothing waits."""
    waits = job.status in WAITING
    assert (job.deadline_at is not None) == (waits and not job.frozen)
    assert (job.time_left is not None) == (waits and job.frozen)
    if job.deadline_at is not None:
        assert job.paid_at is not None
        assert job.deadline_at <= job.paid_at + 150 * DAY
    assert job.remind_at is None or job.remind_at < (job.deadline_at or job.remind_at)
