"""One kind of sweep, whatever is due.

A sweep reads what is due in a batch and executes one message for each, in its own unit of work.
Running one twice, or two at once, changes nothing: each message looks again, under the lock,
whether its thing is still due.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from conectar.application.door import Door
from conectar.application.jobs.lapse_job import LapseJob
from conectar.application.message import Message, Query, Saga
from conectar.application.offers.expire_offer import ExpireOffer
from conectar.application.payments.check_payment import CheckRelease, PollCheckout
from conectar.application.payments.run_refund import RunRefund
from conectar.application.ports.readers import Readers
from conectar.application.ports.system import Clock
from conectar.application.sweeps.remind import RemindJob, RemindOffer
from conectar.domain.kernel.errors import DomainError

BATCH = 100


class Due(Enum):
    """What a sweep looks for."""

    OFFERS = "offers"
    JOBS = "jobs"
    CHECKOUTS = "checkouts"
    RELEASES = "releases"
    REFUNDS = "refunds"
    OFFER_REMINDERS = "offer_reminders"
    JOB_REMINDERS = "job_reminders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep(Saga[int]):
    """Handles one batch of what is due, and answers how many went well. A thing that refuses or
    finds nobody answering stays due and doesn't hold up the others; nor does one that is broken,
    which is told at the end (ExceptionGroup)."""

    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDue(Query[tuple[Message[Any], ...]]):
    """The messages that are due, oldest first."""

    due: Due


class SweepHandler:
    """Executes them."""

    async def __call__(self, saga: Sweep, door: Door) -> int:
        """Refuses nothing."""
        done, broken = 0, list[Exception]()
        for message in await door.execute(FindDue(due=saga.due)):
            try:
                await door.execute(message)
                done += 1
            except DomainError:
                continue  # still due: the next sweep finds it again
            except Exception as error:
                broken.append(error)
        if broken:
            raise ExceptionGroup(saga.due.value, broken)
        return done


class FindDueHandler:
    """Reads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, query: FindDue, read: Readers) -> tuple[Message[Any], ...]:
        """At most a batch."""
        now = self._clock.now()
        match query.due:
            case Due.OFFERS:
                return tuple(ExpireOffer(offer_id=i) for i in await read.due_offers(now, BATCH))
            case Due.JOBS:
                return tuple(LapseJob(job_id=i) for i in await read.due_jobs(now, BATCH))
            case Due.CHECKOUTS:
                found = await read.due_checkouts(now, BATCH)
                return tuple(PollCheckout(checkout_id=i) for i in found)
            case Due.RELEASES:
                payments = await read.due_releases(now, BATCH)
                return tuple(CheckRelease(payment_id=i) for i in payments)
            case Due.OFFER_REMINDERS:
                found_offers = await read.due_offer_reminders(now, BATCH)
                return tuple(RemindOffer(offer_id=i) for i in found_offers)
            case Due.JOB_REMINDERS:
                found_jobs = await read.due_job_reminders(now, BATCH)
                return tuple(RemindJob(job_id=i) for i in found_jobs)
            case Due.REFUNDS:
                return tuple(RunRefund(refund_id=i) for i in await read.due_refunds(now, BATCH))
