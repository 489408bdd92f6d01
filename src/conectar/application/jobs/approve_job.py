"""The client accepts the finished work."""

from dataclasses import dataclass

from conectar.application.jobs.moving import find, keep, shown
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import JobView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveJob(Command[JobView]):
    """The client accepts the finished work; the held money becomes the professional's, less the
    commission agreed at acceptance."""

    job_id: JobId
    actor: Actor


class ApproveJobHandler:
    """Approves."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: ApproveJob, uow: UnitOfWork) -> JobView:
        """Raises NotFound, WrongSide, InvalidTransition, PaymentFrozen."""
        job = await find(command.job_id, command.actor, uow)
        decision = job.approve(by=command.actor, at=self._clock.now())
        await keep(job, decision, self._ids, uow)
        return await shown(decision, command.actor, uow)
