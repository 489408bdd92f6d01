"""The professional says that the work is done."""

from dataclasses import dataclass

from conectar.application.jobs.moving import find, keep, shown
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import JobView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteJob(Command[JobView]):
    """Marks the work done. The client has some days to approve it, to ask for changes or to open a
    dispute; if he says nothing, it is approved by itself."""

    job_id: JobId
    notes: str | None
    actor: Actor


class CompleteJobHandler:
    """Completes."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: CompleteJob, uow: UnitOfWork) -> JobView:
        """Raises NotFound, WrongSide, InvalidTransition."""
        job = await find(command.job_id, command.actor, uow)
        decision = job.complete(by=command.actor, at=self._clock.now(), notes=command.notes)
        await keep(job, decision, self._ids, uow)
        return await shown(decision, command.actor, uow)
