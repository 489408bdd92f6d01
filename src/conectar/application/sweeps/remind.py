"""The clock speaks of what is nearly over."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.ids import JobId, OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindOffer(Command[None]):
    """Tells who has to answer that an offer ends soon, once; does nothing to any other offer."""

    offer_id: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindJob(Command[None]):
    """Tells who has to act that a job's deadline is near, once; does nothing to any other job."""

    job_id: JobId


class RemindOfferHandler:
    """Tells."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: RemindOffer, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        now = self._clock.now()
        offer = await uow.offers.find(command.offer_id)
        if offer and offer.remind_at and offer.remind_at <= now:
            offer, told = offer.remind(now)
            await uow.offers.save(offer)
            await uow.outbox.record(told)


class RemindJobHandler:
    """Tells."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: RemindJob, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        now = self._clock.now()
        job = await uow.jobs.find(command.job_id)
        if job and job.remind_at and job.remind_at <= now:
            job, told = job.remind(now)
            await uow.jobs.save(job)
            await uow.outbox.record(told)
