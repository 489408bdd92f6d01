"""Money the gateway stopped: the clock stands still, and then it goes on, or the money is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.jobs.events import EscrowFrozen, EscrowUnfrozen, PaymentChargedBack
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import (
    DisputeStatus,
    EscrowStatus,
    FrozenBy,
    JobStatus,
    Trigger,
)
from conectar.domain.jobs.refusals import InvalidTransition, PaymentFrozen, RefundInFlight
from conectar.domain.kernel.actor import GATEWAY, Actor

from .builders import (
    ADMIN,
    CLIENT,
    DAY,
    HOUR,
    PROFESSIONAL,
    T0,
    TICK,
    accepted,
    approved,
    disputed,
    done,
    frozen,
    left,
    paid,
    refunded,
    reimbursed,
    resolved,
    sent_back,
    taken,
    taken_away,
    thawed,
    withdrawn,
)

PAID_AT = T0 + HOUR
CAP = PAID_AT + 150 * DAY
CAUSES = [FrozenBy.MEDIATION, FrozenBy.CHARGEBACK]
T, E = Trigger, EscrowStatus
WAITING: dict[str, Callable[[], Job]] = {
    "in progress": paid,
    "completed": lambda: done(paid(), T0 + DAY),
    "disputed": lambda: disputed(paid(), CLIENT, T0 + DAY),
    "in review": lambda: taken(disputed(paid(), PROFESSIONAL, T0 + DAY), T0 + 2 * DAY),
    "withdrawn": lambda: withdrawn(disputed(paid(), CLIENT, T0 + DAY), CLIENT, T0 + 2 * DAY),
}
IN_CARE = WAITING | {"refunding": lambda: left(paid(), PROFESSIONAL, T0 + DAY)}
BEGUN = T0 + 3 * DAY


def deadline(job: Job) -> datetime:
    assert job.deadline_at is not None
    return job.deadline_at


# -- the clock ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("name", WAITING)
def test_the_deadline_moves_by_exactly_the_frozen_time(name: str, cause: FrozenBy) -> None:
    job = WAITING[name]()
    still = frozen(job, cause, BEGUN)
    assert (still.frozen_by, still.state) == (cause, job.state)
    assert (still.deadline_at, still.remind_at) == (None, None)
    assert still.time_left == deadline(job) - BEGUN
    for lasted in (TICK, HOUR, 17 * DAY + 5 * HOUR):
        again = thawed(still, BEGUN + lasted)
        assert (again.frozen, again.time_left, again.state) == (False, None, job.state)
        assert again.deadline_at == deadline(job) + lasted


@given(st.lists(st.tuples(st.integers(0, 6 * 24), st.integers(0, 6 * 24)), max_size=5))
def test_any_freezes_move_it_by_their_sum(pauses: list[tuple[int, int]]) -> None:
    job, now, stopped = paid(), PAID_AT, timedelta(0)
    for before, lasted in pauses:
        job = frozen(job, at=now + before * HOUR)
        now += (before + lasted) * HOUR
        stopped += lasted * HOUR
        job = thawed(job, now)
    assert job.deadline_at == PAID_AT + 75 * DAY + stopped


@pytest.mark.parametrize("name", WAITING)
def test_a_thawed_deadline_never_reaches_past_150_days_from_payment(name: str) -> None:
    job = WAITING[name]()
    still = frozen(job, at=BEGUN)
    room = CAP - deadline(job)
    assert deadline(thawed(still, BEGUN + room - TICK)) == CAP - TICK
    for lasted in (room, room + TICK, room + 400 * DAY):
        again = thawed(still, BEGUN + lasted)
        assert again.deadline_at == CAP
    ended = again.lapse(at=BEGUN + room + 400 * DAY).job
    assert ended.escrow in (E.REFUNDING, E.RELEASED), "at the cap the default fires"


def test_a_deadline_that_had_passed_fires_at_the_thaw() -> None:
    job = done(paid(), T0 + DAY)
    late = deadline(job) + DAY
    still = frozen(job, at=late)
    assert still.time_left == timedelta(0)
    again = thawed(still, late + 9 * DAY)
    assert again.deadline_at == late + 9 * DAY
    assert again.lapse(at=late + 9 * DAY).job.escrow is E.RELEASED


@pytest.mark.parametrize("name", WAITING)
@pytest.mark.parametrize("cause", CAUSES)
def test_a_second_freeze_keeps_the_time_and_names_the_new_cause(name: str, cause: FrozenBy) -> None:
    job = WAITING[name]()
    once = frozen(job, FrozenBy.MEDIATION, BEGUN)
    twice = frozen(once, cause, BEGUN + 10 * DAY)
    assert (twice.frozen_by, twice.time_left, twice.deadline_at) == (cause, once.time_left, None)
    assert twice.version == once.version + 1
    assert thawed(twice, BEGUN + 30 * DAY).deadline_at == deadline(job) + 30 * DAY
    with pytest.raises(InvalidTransition):
        thawed(thawed(twice, BEGUN + 30 * DAY), BEGUN + 31 * DAY)


@pytest.mark.parametrize("cause", CAUSES)
def test_money_on_its_way_back_has_no_clock_to_stop(cause: FrozenBy) -> None:
    still = frozen(IN_CARE["refunding"](), cause, BEGUN)
    assert (still.frozen_by, still.time_left, still.deadline_at) == (cause, None, None)
    again = thawed(still, BEGUN + DAY)
    assert (again.frozen, again.deadline_at, again.escrow) == (False, None, E.REFUNDING)


# -- what may be done meanwhile ----------------------------------------------------------------


def test_work_marked_done_while_frozen_is_looked_at_from_the_thaw_on() -> None:
    job = done(frozen(paid(), at=BEGUN), BEGUN + 5 * DAY)
    assert (job.status, job.deadline_at, job.time_left) == (JobStatus.COMPLETED, None, 14 * DAY)
    again = thawed(job, BEGUN + 40 * DAY)
    assert again.deadline_at == BEGUN + 54 * DAY
    assert again.completed_at == BEGUN + 5 * DAY


def test_changes_asked_for_while_frozen_are_made_from_the_thaw_on() -> None:
    asked_at = PAID_AT + 70 * DAY
    job = sent_back(frozen(done(paid(), T0 + DAY), at=BEGUN), asked_at)
    assert (job.status, job.deadline_at, job.time_left) == (JobStatus.IN_PROGRESS, None, 14 * DAY)
    assert thawed(job, asked_at + 10 * DAY).deadline_at == asked_at + 24 * DAY
    early = sent_back(frozen(done(paid(), T0 + DAY), at=BEGUN), BEGUN)
    assert thawed(early, BEGUN + 10 * DAY).deadline_at == PAID_AT + 85 * DAY


@pytest.mark.parametrize("place", ["in progress", "completed"])
@pytest.mark.parametrize("by", [CLIENT, PROFESSIONAL, ADMIN])
def test_a_dispute_withdrawn_while_frozen_leaves_its_time_from_the_thaw_on(
    place: str, by: Actor
) -> None:
    before = WAITING[place]()
    job = frozen(disputed(before, by, T0 + 2 * DAY), at=BEGUN)
    calm = withdrawn(job, by, BEGUN + DAY)
    assert (calm.status, calm.frozen, calm.deadline_at) == (before.status, True, None)
    assert calm.time_left == deadline(before) - (T0 + 2 * DAY)
    assert thawed(calm, BEGUN + 30 * DAY).deadline_at == BEGUN + 30 * DAY + calm.time_left


def test_48_hours_at_least_also_from_a_thaw_on() -> None:
    before = done(paid(), T0 + DAY)
    job = frozen(disputed(before, CLIENT, deadline(before) - HOUR), at=deadline(before))
    calm = withdrawn(job, CLIENT, deadline(before) + DAY)
    assert calm.time_left == 48 * HOUR
    late = CAP - HOUR
    assert thawed(calm, late).deadline_at == CAP, "the cap beats them here, too"


def test_a_frozen_dispute_is_looked_at_but_not_decided() -> None:
    job = taken(frozen(WAITING["disputed"](), at=BEGUN), BEGUN + DAY)
    assert (job.dispute, job.deadline_at) == (DisputeStatus.REVIEW, None)
    assert job.time_left == 60 * DAY - 2 * DAY
    for trigger in (T.RESOLVE_RELEASE, T.RESOLVE_REFUND, T.RESOLVE_SPLIT):
        with pytest.raises(PaymentFrozen):
            resolved(job, trigger, BEGUN + 2 * DAY)


def test_what_is_frozen_waits_for_the_gateway_however_long() -> None:
    for name, make in IN_CARE.items():
        still = frozen(make(), at=BEGUN)
        refused = InvalidTransition if name == "refunding" else PaymentFrozen
        with pytest.raises(refused):
            still.lapse(at=T0 + 4000 * DAY)


# -- how it ends -------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("name", IN_CARE)
def test_lost_money_ends_the_job_and_its_dispute(name: str, cause: FrozenBy) -> None:
    job = frozen(IN_CARE[name](), cause, BEGUN)
    lost, (told,) = job.take_away(T.LOSE, at=BEGUN + DAY, in_flight=False)
    assert (lost.status, lost.escrow) == (JobStatus.CANCELLED, E.CHARGED_BACK)
    assert lost.dispute is (DisputeStatus.RESOLVED if job.quarrelling else job.dispute)
    assert (lost.frozen_by, lost.time_left, lost.deadline_at) == (FrozenBy.NONE, None, None)
    assert isinstance(told, PaymentChargedBack)
    assert (told.actor, told.version) == (GATEWAY, job.version + 1)
    with pytest.raises(InvalidTransition):
        reimbursed(lost, BEGUN + 2 * DAY)


@pytest.mark.parametrize("name", IN_CARE)
def test_nothing_is_lost_that_was_not_frozen(name: str) -> None:
    with pytest.raises(InvalidTransition):
        taken_away(IN_CARE[name](), T.LOSE, BEGUN)


@pytest.mark.parametrize("is_frozen", [False, True])
@pytest.mark.parametrize("name", IN_CARE)
def test_a_refund_from_outside_ends_the_job_and_its_dispute(name: str, is_frozen: bool) -> None:
    job = IN_CARE[name]()
    job = frozen(job, at=BEGUN) if is_frozen else job
    gone = taken_away(job, T.OUTSIDE_REFUND, BEGUN + DAY)
    assert (gone.status, gone.escrow) == (JobStatus.CANCELLED, E.REFUNDED)
    assert gone.dispute is (DisputeStatus.RESOLVED if job.quarrelling else job.dispute)
    assert (gone.frozen_by, gone.time_left, gone.deadline_at) == (FrozenBy.NONE, None, None)


@pytest.mark.parametrize("trigger", [T.LOSE, T.OUTSIDE_REFUND])
@pytest.mark.parametrize("name", IN_CARE)
def test_the_gateways_word_waits_while_a_refund_of_ours_is_on_its_way(
    name: str, trigger: Trigger
) -> None:
    job = frozen(IN_CARE[name](), at=BEGUN)
    with pytest.raises(RefundInFlight):
        taken_away(job, trigger, BEGUN + DAY, in_flight=True)
    assert taken_away(job, trigger, BEGUN + DAY).version == job.version + 1


def test_the_wrong_state_is_refused_before_the_refund_on_its_way() -> None:
    with pytest.raises(InvalidTransition) as caught:
        taken_away(accepted(), T.OUTSIDE_REFUND, T0, in_flight=True)
    assert type(caught.value) is InvalidTransition


@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_refund_that_arrived_ends_the_freeze(is_frozen: bool) -> None:
    job = IN_CARE["refunding"]()
    job = frozen(job, at=BEGUN) if is_frozen else job
    over = refunded(job, BEGUN + DAY)
    assert (over.escrow, over.frozen_by, over.time_left) == (E.REFUNDED, FrozenBy.NONE, None)


# -- after the release -------------------------------------------------------------------------

FINISHED = done(paid(), T0 + DAY)
QUARREL = disputed(FINISHED, CLIENT, T0 + 2 * DAY)
RELEASED = {
    "approved": approved(FINISHED, BEGUN),
    "by silence": FINISHED.lapse(at=T0 + 15 * DAY).job,
    "resolved": resolved(QUARREL, T.RESOLVE_RELEASE, BEGUN),
    "divided": resolved(QUARREL, T.RESOLVE_SPLIT, BEGUN),
    "divided by order": resolved(FINISHED, T.ORDER_SPLIT, BEGUN),
    "divided by order after a withdrawal": resolved(
        withdrawn(QUARREL, CLIENT, BEGUN), T.ORDER_SPLIT, BEGUN
    ),
}


@pytest.mark.parametrize("name", RELEASED)
def test_released_money_is_charged_back_and_given_back_as_it_was_any_number_of_times(
    name: str,
) -> None:
    job = first = RELEASED[name]
    for n in range(1, 4):
        lost = taken_away(job, T.SETTLE_CHARGEBACK, T0 + 20 * n * DAY)
        assert (lost.status, lost.escrow, lost.dispute) == (
            JobStatus.APPROVED,
            E.CHARGED_BACK,
            first.dispute,
        )
        with pytest.raises(InvalidTransition):
            taken_away(lost, T.SETTLE_CHARGEBACK, T0 + 21 * n * DAY)
        job, (told,) = lost.reimburse(at=T0 + (20 * n + 1) * DAY)
        assert type(told) is EscrowUnfrozen
        assert job.state == first.state
        assert (job.to_client, job.shares) == (first.to_client, first.shares)
        assert job.version == first.version + 2 * n
        with pytest.raises(InvalidTransition):
            reimbursed(job, T0 + (20 * n + 2) * DAY)


@pytest.mark.parametrize("name", RELEASED)
def test_a_chargeback_waits_while_a_divisions_refund_is_on_its_way(name: str) -> None:
    with pytest.raises(RefundInFlight):
        taken_away(RELEASED[name], T.SETTLE_CHARGEBACK, T0 + 20 * DAY, in_flight=True)


@pytest.mark.parametrize("name", RELEASED)
def test_released_money_is_not_frozen_any_more(name: str) -> None:
    for cause in CAUSES:
        with pytest.raises(InvalidTransition):
            frozen(RELEASED[name], cause, T0 + 20 * DAY)
    with pytest.raises(InvalidTransition):
        taken_away(RELEASED[name], T.OUTSIDE_REFUND, T0 + 20 * DAY)


def test_each_freeze_is_told_once() -> None:
    job, (begun,) = paid().freeze(FrozenBy.MEDIATION, at=BEGUN)
    assert type(begun) is EscrowFrozen
    over, (ended,) = job.thaw(at=BEGUN + DAY)
    assert type(ended) is EscrowUnfrozen
    assert (begun.version, ended.version, over.version) == (3, 4, 4)
    assert begun.states == ended.states == (JobStatus.IN_PROGRESS, JobStatus.IN_PROGRESS, E.HELD)
