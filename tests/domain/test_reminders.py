"""Reminders: a word before silence decides, and none where nobody waits or it is too near."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from conectar.domain.jobs.events import JobReminder
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.jobs.telling import until
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.events import Moved
from conectar.domain.kernel.ids import OfferId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferReminder
from conectar.domain.offers.limits import OfferLimits
from conectar.domain.offers.offer import Offer, propose

from .builders import (
    CLIENT,
    CLIENT_ID,
    DAY,
    HOUR,
    LIMITS,
    PROFESSIONAL,
    PROFESSIONAL_ID,
    T0,
    TERMS,
    TICK,
    accepted,
    approved,
    disputed,
    done,
    frozen,
    left,
    paid,
    sent_back,
    thawed,
    withdrawn,
)

PAID_AT = T0 + HOUR
FINISHED = done(paid(), T0 + DAY)


@pytest.mark.parametrize(
    ("job", "at"),
    [
        (accepted(), None),
        (paid(), PAID_AT + 72 * DAY),
        (FINISHED, T0 + 13 * DAY),
        (sent_back(FINISHED, T0 + 2 * DAY), PAID_AT + 72 * DAY),
        (sent_back(FINISHED, PAID_AT + 70 * DAY), PAID_AT + 81 * DAY),
        (disputed(paid(), CLIENT, T0 + DAY), None),
        (withdrawn(disputed(paid(), CLIENT, T0 + DAY), CLIENT, T0 + 2 * DAY), PAID_AT + 73 * DAY),
        (frozen(paid()), None),
        (thawed(frozen(paid(), at=T0 + DAY), T0 + 6 * DAY), PAID_AT + 77 * DAY),
        (done(frozen(paid()), T0 + DAY), None),
        (thawed(done(frozen(paid()), T0 + DAY), T0 + 6 * DAY), T0 + 18 * DAY),
        (approved(FINISHED, T0 + 2 * DAY), None),
        (left(paid(), PROFESSIONAL, T0 + DAY), None),
    ],
)
def test_three_days_before_the_works_end_and_two_before_its_approval(
    job: Job, at: datetime | None
) -> None:
    assert job.remind_at == at


@pytest.mark.parametrize("status", JobStatus)
@pytest.mark.parametrize("ahead", [TICK, HOUR, DAY, 2 * DAY, 3 * DAY, 30 * DAY])
def test_no_reminder_of_what_is_nearer_than_it(status: JobStatus, ahead: timedelta) -> None:
    before = {JobStatus.IN_PROGRESS: 3 * DAY, JobStatus.COMPLETED: 2 * DAY}.get(status)
    speaks = before is not None and ahead > before
    wanted = T0 + ahead - before if before is not None and speaks else None
    assert until(status, T0 + ahead, T0, TERMS) == {
        "deadline_at": T0 + ahead,
        "remind_at": wanted,
    }


def test_the_house_says_how_long_before() -> None:
    terms = replace(TERMS, work_reminder=10 * DAY, approval_reminder=HOUR)
    for status, before in ((JobStatus.IN_PROGRESS, 10 * DAY), (JobStatus.COMPLETED, HOUR)):
        assert until(status, T0 + 30 * DAY, T0, terms)["remind_at"] == T0 + 30 * DAY - before
    assert proposed(10, limits=OfferLimits(reminder=2 * DAY)).remind_at == T0 + 8 * DAY


def test_a_withdrawal_shortly_before_the_end_reminds_of_nothing() -> None:
    assert FINISHED.deadline_at is not None
    job = disputed(FINISHED, CLIENT, FINISHED.deadline_at - HOUR)
    calm = withdrawn(job, CLIENT, FINISHED.deadline_at + DAY)
    assert calm.deadline_at == FINISHED.deadline_at + 3 * DAY
    assert calm.remind_at is None


@pytest.mark.parametrize("job", [paid(), FINISHED])
def test_a_job_is_spoken_of_once_and_nothing_else_changes(job: Job) -> None:
    assert job.remind_at is not None
    after, told = job.remind(job.remind_at)
    assert isinstance(told, JobReminder)
    assert not isinstance(told, Moved), "it is no step of the timeline"
    assert (told.at, told.deadline_at) == (job.remind_at, job.deadline_at)
    assert (told.job_id, told.status) == (job.id, job.status)
    assert (told.client_id, told.professional_id) == (CLIENT_ID, PROFESSIONAL_ID)
    assert after.remind_at is None
    assert (after.version, after.state, after.deadline_at) == (
        job.version,
        job.state,
        job.deadline_at,
    )


def test_a_new_deadline_is_spoken_of_again() -> None:
    job, _ = FINISHED.remind(T0 + 13 * DAY)
    again = done(sent_back(job, T0 + 14 * DAY), T0 + 20 * DAY)
    assert again.remind_at == T0 + 32 * DAY
    later = thawed(frozen(job, at=T0 + 13 * DAY), T0 + 20 * DAY)
    assert later.remind_at is None, "two days are left, as when it was last spoken of"


# -- offers ------------------------------------------------------------------------------------


def proposed(days: int, by: Actor = CLIENT, limits: OfferLimits = LIMITS) -> Offer:
    return propose(
        id=OfferId(UUID(int=9)),
        client_id=CLIENT_ID,
        professional_id=PROFESSIONAL_ID,
        description="Two doors",
        amount=Money(100_00),
        valid_days=days,
        by=by,
        at=T0,
        limits=limits,
    ).offer


@pytest.mark.parametrize(("days", "at"), [(60, 59 * DAY), (15, 14 * DAY), (2, DAY), (1, None)])
def test_one_day_before_an_offer_ends(days: int, at: timedelta | None) -> None:
    assert proposed(days).remind_at == (None if at is None else T0 + at)


def test_new_terms_move_the_reminder_with_the_end() -> None:
    offer, later = proposed(10), T0 + 5 * DAY
    countered = offer.counter(
        by=PROFESSIONAL, at=later, amount=Money(200_00), description=None, limits=LIMITS
    )
    assert countered.offer.remind_at == later + 9 * DAY
    longer = offer.edit(
        by=CLIENT, at=later, amount=None, description=None, valid_days=30, limits=LIMITS
    )
    assert longer.offer.remind_at == later + 29 * DAY
    shorter = offer.edit(
        by=CLIENT, at=later, amount=None, description=None, valid_days=1, limits=LIMITS
    )
    assert shorter.offer.remind_at is None
    same = offer.edit(
        by=CLIENT, at=later, amount=Money(150_00), description=None, valid_days=None, limits=LIMITS
    )
    assert same.offer.remind_at == offer.remind_at


def test_an_offer_that_was_spoken_of_is_not_spoken_of_again_until_it_is_renewed() -> None:
    offer, told = proposed(10).remind(T0 + 9 * DAY)
    assert offer.remind_at is None
    at = T0 + 9 * DAY + HOUR
    edited = offer.edit(
        by=CLIENT, at=at, amount=Money(150_00), description=None, valid_days=None, limits=LIMITS
    )
    assert edited.offer.remind_at is None
    renewed = offer.counter(
        by=PROFESSIONAL, at=at, amount=Money(150_00), description=None, limits=LIMITS
    )
    assert renewed.offer.remind_at == at + 9 * DAY
    assert isinstance(told, OfferReminder)
    assert not isinstance(told, Moved)
    assert (told.offer_id, told.expires_at) == (offer.id, offer.expires_at)
    assert (offer.step, offer.version, offer.status) == (1, 1, proposed(10).status)


@pytest.mark.parametrize(("by", "role"), [(CLIENT, Role.CLIENT), (PROFESSIONAL, Role.PROFESSIONAL)])
def test_the_reminder_says_whose_terms_wait(by: Actor, role: Role) -> None:
    _, told = proposed(10, by).remind(T0 + 9 * DAY)
    assert told.proposed_by is role
    assert (told.client_id, told.professional_id) == (CLIENT_ID, PROFESSIONAL_ID)


def test_an_answered_offer_reminds_nobody() -> None:
    offer = proposed(10)
    for after in (
        offer.accept(by=PROFESSIONAL, at=T0 + DAY, seen=1),
        offer.reject(by=CLIENT, at=T0 + DAY, reason=None),
        offer.withdraw(by=CLIENT, at=T0 + DAY),
        offer.close(by=CLIENT, at=T0 + DAY, reason="Gone"),
        offer.expire(at=T0 + 10 * DAY),
    ):
        assert after.offer.remind_at is None, after.offer.status
