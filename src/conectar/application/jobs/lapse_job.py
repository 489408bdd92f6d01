"""Silence reaches a job's deadline."""

from dataclasses import dataclass
from datetime import datetime

from conectar.application.door import Door
from conectar.application.jobs.moving import keep
from conectar.application.message import Command, Saga
from conectar.application.payments.check_payment import CheckCheckout
from conectar.application.ports.outside import Unavailable
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseJob(Saga[None]):
    """Lets the default of a job's state happen: an unpaid one is cancelled, an unfinished one is
    refunded, a finished one is approved. The gateway is asked first whether an unpaid one was paid.
    """

    job_id: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyLapse(Command[None]):
    """The step that decides. `heard` says that the gateway could be asked."""

    job_id: JobId
    heard: bool


class LapseJobHandler:
    """Asks."""

    async def __call__(self, saga: LapseJob, door: Door) -> None:
        """Refuses nothing."""
        heard = True
        try:
            await door.execute(CheckCheckout(job_id=saga.job_id))
        except Unavailable:
            heard = False
        await door.execute(ApplyLapse(job_id=saga.job_id, heard=heard))


class ApplyLapseHandler:
    """Decides. Does nothing to a job that is not due, so that it may be run twice."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: ApplyLapse, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        now = self._clock.now()
        job = await uow.jobs.find(command.job_id)
        if job is None or job.deadline_at is None or now < job.deadline_at:
            return
        if await self._may_still_be_paid(job, command.heard, now, uow):
            again = now + self._policy.pending_poll
            await uow.jobs.save(job.wait_for_pending(again_after=again))
            return
        await keep(job, job.lapse(at=now), self._ids, uow)

    async def _may_still_be_paid(
        self, job: Job, heard: bool, now: datetime, uow: UnitOfWork
    ) -> bool:
        if job.status is not JobStatus.AWAITING_PAYMENT:
            return False
        if now >= job.accepted_at + job.terms.pending_payment:
            return False
        return not heard or await uow.payments.pending_of(job.id)
