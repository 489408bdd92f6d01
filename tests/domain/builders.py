"""People, moments and jobs for the tests of the domain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from conectar.domain.jobs.job import Job, begin
from conectar.domain.jobs.lifecycle import FrozenBy
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.actor import CLOCK, GATEWAY, Actor, Role
from conectar.domain.kernel.ids import JobId, OfferId, UserId
from conectar.domain.kernel.money import Money, Rate

T0 = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Noon in Buenos Aires."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)
TERMS = Terms()
PRICE, RATE = Money(150_000_50), Rate(1500)

CLIENT_ID = UserId(UUID(int=1))
PROFESSIONAL_ID = UserId(UUID(int=2))
CLIENT = Actor(Role.CLIENT, CLIENT_ID)
PROFESSIONAL = Actor(Role.PROFESSIONAL, PROFESSIONAL_ID)
STRANGER = Actor(Role.CLIENT, UserId(UUID(int=3)))
STRANGE_PROFESSIONAL = Actor(Role.PROFESSIONAL, UserId(UUID(int=4)))
ADMIN = Actor(Role.ADMIN, UserId(UUID(int=5)))

CALLERS = {
    "client": CLIENT,
    "professional": PROFESSIONAL,
    "stranger": STRANGER,
    "strange professional": STRANGE_PROFESSIONAL,
    "admin": ADMIN,
    "clock": CLOCK,
    "gateway": GATEWAY,
}


def accepted(
    at: datetime = T0, price: Money = PRICE, rate: Rate = RATE, terms: Terms = TERMS
) -> Job:
    """A job that waits for its payment."""
    return begin(
        id=JobId(UUID(int=10)),
        offer_id=OfferId(UUID(int=11)),
        client_id=CLIENT_ID,
        professional_id=PROFESSIONAL_ID,
        description="New taps in the kitchen",
        price=price,
        rate=rate,
        by=PROFESSIONAL,
        at=at,
        terms=terms,
    ).job


def paid(at: datetime = T0 + HOUR, terms: Terms = TERMS) -> Job:
    """A job in progress, accepted at T0."""
    return accepted(terms=terms).confirm_payment(at=at, terms=terms).job


def done(job: Job, at: datetime) -> Job:
    """Marked done by its professional."""
    return job.complete(by=PROFESSIONAL, at=at, notes=None, terms=TERMS).job


def sent_back(job: Job, at: datetime) -> Job:
    """The client asked for changes."""
    return job.request_changes(by=CLIENT, at=at, reason="It still leaks", terms=TERMS).job


def frozen(job: Job, by: FrozenBy = FrozenBy.MEDIATION) -> Job:
    """The same job while the gateway holds its money."""
    return replace(job, frozen_by=by)


@dataclass(frozen=True)
class Scene:
    """A job as its own methods left it, and a moment some time later."""

    job: Job
    now: datetime
    place: str
    """`AP`, `IP`, `CO`, `AD`, `CA`, or `CA>` while the refund is on its way."""
    cooling_off: bool = True
    changes_left: bool = True


def scenes() -> dict[str, Scene]:
    """Every kind of job that the methods of a job can leave behind."""
    unpaid, working = accepted(), paid()
    finished = done(working, T0 + DAY)
    again = sent_back(finished, T0 + 2 * DAY)
    spent = finished
    for day in (2, 4, 6):
        spent = done(sent_back(spent, T0 + day * DAY), T0 + (day + 1) * DAY)
    refunding = working.cancel(by=PROFESSIONAL, at=T0 + DAY, reason=None, terms=TERMS).job
    refunded = refunding.confirm_refund(by=GATEWAY, at=T0 + 2 * DAY, terms=TERMS).job
    approved = finished.approve(by=CLIENT, at=T0 + 2 * DAY, terms=TERMS).job
    by_silence = finished.lapse(at=T0 + 15 * DAY, terms=TERMS).job
    unfinished = working.lapse(at=T0 + HOUR + 75 * DAY, terms=TERMS).job
    left = unpaid.cancel(by=CLIENT, at=T0 + HOUR, reason="No", terms=TERMS).job
    expired = unpaid.lapse(at=T0 + DAY, terms=TERMS).job
    return {
        "awaiting payment": Scene(unpaid, T0 + HOUR, "AP"),
        "in progress": Scene(working, T0 + 2 * DAY, "IP"),
        "in progress for long": Scene(working, T0 + 20 * DAY, "IP", cooling_off=False),
        "sent back": Scene(again, T0 + 3 * DAY, "IP", cooling_off=False),
        "completed": Scene(finished, T0 + 2 * DAY, "CO"),
        "completed, no changes left": Scene(spent, T0 + 8 * DAY, "CO", changes_left=False),
        "approved": Scene(approved, T0 + 3 * DAY, "AD"),
        "approved by silence": Scene(by_silence, T0 + 20 * DAY, "AD"),
        "cancelled unpaid": Scene(left, T0 + 2 * DAY, "CA"),
        "expired unpaid": Scene(expired, T0 + 2 * DAY, "CA"),
        "refunding": Scene(refunding, T0 + 2 * DAY, "CA>"),
        "refunding by silence": Scene(unfinished, T0 + 80 * DAY, "CA>"),
        "refunded": Scene(refunded, T0 + 3 * DAY, "CA"),
    }
