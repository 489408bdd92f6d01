"""People, moments and jobs for the tests of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from conectar.domain.jobs.job import Job, begin
from conectar.domain.jobs.lifecycle import FrozenBy, Trigger
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.actor import CLOCK, GATEWAY, Actor, Role
from conectar.domain.kernel.ids import DisputeId, JobId, OfferId, UserId
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.offers.limits import OfferLimits

T0 = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Noon in Buenos Aires."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)
TERMS, LIMITS = Terms(), OfferLimits()
PRICE, RATE = Money(150_000_50), Rate(1500)

CLIENT_ID = UserId(UUID(int=1))
PROFESSIONAL_ID = UserId(UUID(int=2))
CLIENT = Actor(Role.CLIENT, CLIENT_ID)
PROFESSIONAL = Actor(Role.PROFESSIONAL, PROFESSIONAL_ID)
STRANGER = Actor(Role.CLIENT, UserId(UUID(int=3)))
STRANGE_PROFESSIONAL = Actor(Role.PROFESSIONAL, UserId(UUID(int=4)))
ADMIN = Actor(Role.ADMIN, UserId(UUID(int=5)))
DISPUTE_ID = DisputeId(UUID(int=12))
TO_CLIENT = Money(50_000_17)
"""The client's part of a division."""

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
    return accepted(terms=terms).confirm_payment(at=at).job


def done(job: Job, at: datetime) -> Job:
    """Marked done by its professional."""
    return job.complete(by=PROFESSIONAL, at=at, notes=None).job


def sent_back(job: Job, at: datetime) -> Job:
    """The client asked for changes."""
    return job.request_changes(by=CLIENT, at=at, reason="It still leaks").job


def left(
    job: Job, by: Actor, at: datetime, trigger: Trigger = Trigger.CANCEL, reason: str | None = None
) -> Job:
    """A party went away."""
    return job.leave(trigger, by=by, at=at, reason=reason).job


def approved(job: Job, at: datetime) -> Job:
    """Approved by its client."""
    return job.approve(by=CLIENT, at=at).job


def disputed(job: Job, by: Actor, at: datetime, id: DisputeId = DISPUTE_ID) -> Job:
    """A party questions the work; an administrator does by suspending the professional."""
    if by.role is Role.ADMIN:
        return job.suspend(id, by=by, at=at, reason="Fraud").job
    return job.open_dispute(id, by=by, at=at, reason="It leaks").job


def taken(job: Job, at: datetime) -> Job:
    """An administrator looks at the dispute."""
    return job.take_dispute(by=ADMIN, at=at).job


def withdrawn(job: Job, by: Actor, at: datetime) -> Job:
    """The opener let the dispute be."""
    return job.withdraw_dispute(by=by, at=at, party_banned=False).job


def resolved(job: Job, trigger: Trigger, at: datetime) -> Job:
    """An administrator decided, or ordered though nobody quarrels."""
    divides = trigger in (Trigger.RESOLVE_SPLIT, Trigger.ORDER_SPLIT)
    part = TO_CLIENT if divides else None
    return job.resolve(trigger, by=ADMIN, at=at, reason="So", to_client=part).job


def frozen(job: Job, by: FrozenBy = FrozenBy.MEDIATION, at: datetime = T0 + HOUR) -> Job:
    """The gateway stopped its money."""
    return job.freeze(by, at=at).job


def thawed(job: Job, at: datetime) -> Job:
    """The gateway let it go."""
    return job.thaw(at=at).job


def taken_away(job: Job, trigger: Trigger, at: datetime, in_flight: bool = False) -> Job:
    """The gateway took its money."""
    return job.take_away(trigger, at=at, in_flight=in_flight).job


def reimbursed(job: Job, at: datetime) -> Job:
    """The gateway gave back what a chargeback took."""
    return job.reimburse(at=at).job


def refunded(job: Job, at: datetime) -> Job:
    """The client has his money back."""
    return job.confirm_refund(by=GATEWAY, at=at).job


@dataclass(frozen=True)
class Scene:
    """A job as its own methods left it, and a moment some time later.

    `place` is where it is: `AP`, `IP`, `CO`, `DI` open, `DR` in review, `AD` released, `AS`
    divided, `AX` charged back afterwards, `CA` closed unpaid, `CA>` while the refund is on its way,
    `CA<` refunded, `CX` charged back while held. `back` is where a withdrawal leads, `as_was` where
    a reimbursement does, `spent` says who has no dispute left.
    """

    job: Job
    now: datetime
    place: str
    cooling_off: bool = True
    changes_left: bool = True
    opener: str = ""
    back: str = ""
    as_was: str = ""
    spent: frozenset[str] = frozenset()
    banned: bool = False
    in_flight: bool = False


BOTH = frozenset({"client", "professional"})


def scenes() -> dict[str, Scene]:
    """Every kind of job that the methods of a job can leave behind, but for the frozen ones."""
    return _calm_scenes() | _quarrels() | _ended_quarrels() | _charged_back_scenes()


def _calm_scenes() -> dict[str, Scene]:
    unpaid, working = accepted(), paid()
    finished = done(working, T0 + DAY)
    again = sent_back(finished, T0 + 2 * DAY)
    spent = finished
    for day in (2, 4, 6):
        spent = done(sent_back(spent, T0 + day * DAY), T0 + (day + 1) * DAY)
    refunding = left(working, PROFESSIONAL, T0 + DAY)
    by_silence = finished.lapse(at=T0 + 15 * DAY).job
    unfinished = working.lapse(at=T0 + HOUR + 75 * DAY).job
    expired = unpaid.lapse(at=T0 + DAY).job
    erased = left(unpaid, PROFESSIONAL, T0 + HOUR, Trigger.ERASE)
    ordered = resolved(working, Trigger.ORDER_REFUND, T0 + DAY)
    divided = resolved(finished, Trigger.ORDER_SPLIT, T0 + 2 * DAY)
    outside = taken_away(finished, Trigger.OUTSIDE_REFUND, T0 + 2 * DAY)
    return {
        "awaiting payment": Scene(unpaid, T0 + HOUR, "AP"),
        "in progress": Scene(working, T0 + 2 * DAY, "IP"),
        "in progress for long": Scene(working, T0 + 20 * DAY, "IP", cooling_off=False),
        "in progress, a refund on its way": Scene(working, T0 + 2 * DAY, "IP", in_flight=True),
        "sent back": Scene(again, T0 + 3 * DAY, "IP", cooling_off=False),
        "completed": Scene(finished, T0 + 2 * DAY, "CO"),
        "completed, no changes left": Scene(spent, T0 + 8 * DAY, "CO", changes_left=False),
        "approved": Scene(approved(finished, T0 + 2 * DAY), T0 + 3 * DAY, "AD"),
        "approved by silence": Scene(by_silence, T0 + 20 * DAY, "AD"),
        "cancelled unpaid": Scene(left(unpaid, CLIENT, T0 + HOUR), T0 + 2 * DAY, "CA"),
        "expired unpaid": Scene(expired, T0 + 2 * DAY, "CA"),
        "erased unpaid": Scene(erased, T0 + 2 * DAY, "CA"),
        "refunding": Scene(refunding, T0 + 2 * DAY, "CA>"),
        "refunding, sent": Scene(refunding, T0 + 2 * DAY, "CA>", in_flight=True),
        "refunding by silence": Scene(unfinished, T0 + 80 * DAY, "CA>"),
        "refunding by order": Scene(ordered, T0 + 2 * DAY, "CA>"),
        "refunded": Scene(refunded(refunding, T0 + 2 * DAY), T0 + 3 * DAY, "CA<"),
        "refunded outside": Scene(outside, T0 + 3 * DAY, "CA<"),
        "divided by order": Scene(divided, T0 + 3 * DAY, "AS"),
    }


def _quarrels() -> dict[str, Scene]:
    """Open and in review, from both places, by everybody who may open one."""
    calm = {"IP": paid(), "CO": done(paid(), T0 + DAY)}
    now, found = T0 + 4 * DAY, dict[str, Scene]()
    for back, job in calm.items():
        for opener, by in (("client", CLIENT), ("professional", PROFESSIONAL), ("admin", ADMIN)):
            opened, spent = disputed(job, by, T0 + 2 * DAY), frozenset({opener}) & BOTH
            reviewed = taken(opened, T0 + 3 * DAY)
            name = f"disputed from {back} by the {opener}"
            found[name] = Scene(opened, now, "DI", opener=opener, back=back, spent=spent)
            found[f"{name}, in review"] = Scene(
                reviewed, now, "DR", opener=opener, back=back, spent=spent
            )
    suspended = disputed(calm["IP"], ADMIN, T0 + 2 * DAY)
    found["suspended still"] = Scene(suspended, now, "DI", opener="admin", back="IP", banned=True)
    return found


def _ended_quarrels() -> dict[str, Scene]:
    working, finished = paid(), done(paid(), T0 + DAY)
    calm = withdrawn(disputed(working, CLIENT, T0 + DAY), CLIENT, T0 + 2 * DAY)
    both = withdrawn(disputed(calm, PROFESSIONAL, T0 + 3 * DAY), PROFESSIONAL, T0 + 4 * DAY)
    unbanned = withdrawn(disputed(finished, ADMIN, T0 + 2 * DAY), ADMIN, T0 + 3 * DAY)
    first = frozenset({"client"})
    quarrel = disputed(finished, CLIENT, T0 + 2 * DAY)
    now = T0 + 5 * DAY
    released, returned, split = (
        resolved(quarrel, trigger, T0 + 3 * DAY)
        for trigger in (Trigger.RESOLVE_RELEASE, Trigger.RESOLVE_REFUND, Trigger.RESOLVE_SPLIT)
    )
    by_silence = quarrel.lapse(at=T0 + 62 * DAY).job
    return {
        "withdrawn": Scene(calm, now, "IP", spent=first),
        "withdrawn by both": Scene(both, now, "IP", spent=BOTH),
        "withdrawn after a suspension": Scene(unbanned, now, "CO"),
        "withdrawn and done": Scene(done(calm, T0 + 3 * DAY), now, "CO", spent=first),
        "resolved: released": Scene(released, now, "AD", opener="client"),
        "resolved: refunding": Scene(returned, now, "CA>", opener="client"),
        "resolved: refunded": Scene(refunded(returned, now), now + DAY, "CA<", opener="client"),
        "resolved: divided": Scene(split, now, "AS", opener="client"),
        "resolved: divided, sent": Scene(split, now, "AS", opener="client", in_flight=True),
        "resolved by silence": Scene(by_silence, T0 + 70 * DAY, "CA>", opener="client"),
    }


def _charged_back_scenes() -> dict[str, Scene]:
    working, finished = paid(), done(paid(), T0 + DAY)
    now, lost_at = T0 + 6 * DAY, T0 + 5 * DAY
    going_back = left(working, PROFESSIONAL, T0 + DAY)
    quarrel = disputed(finished, CLIENT, T0 + 2 * DAY)
    split = resolved(quarrel, Trigger.RESOLVE_SPLIT, T0 + 3 * DAY)
    whole = approved(finished, T0 + 3 * DAY)
    by_order = resolved(working, Trigger.ORDER_SPLIT, T0 + 3 * DAY)
    held = {"held": (working, ""), "refunding": (going_back, ""), "quarrel": (quarrel, "client")}
    found = {
        f"lost while {name}": Scene(
            taken_away(frozen(job, at=T0 + 4 * DAY), Trigger.LOSE, lost_at),
            now,
            "CX",
            opener=opener,
        )
        for name, (job, opener) in held.items()
    }
    after = {"AD": (whole, ""), "AS": (split, "client"), "AS by order": (by_order, "")}
    for name, (job, opener) in after.items():
        lost = taken_away(job, Trigger.SETTLE_CHARGEBACK, lost_at)
        found[f"charged back after {name}"] = Scene(lost, now, "AX", opener=opener, as_was=name[:2])
        found[f"reimbursed after {name}"] = Scene(
            reimbursed(lost, now), now + DAY, name[:2], opener=opener
        )
    return found
