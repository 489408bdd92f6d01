"""The client sends the work back."""

from dataclasses import dataclass

from conectar.application.jobs.moving import find, keep, shown
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import JobView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestChanges(Command[JobView]):
    """Asks for something to be done again, a few times at most; the work goes on."""

    job_id: JobId
    reason: str
    actor: Actor


class RequestChangesHandler:
    """Asks."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: RequestChanges, uow: UnitOfWork) -> JobView:
        """Raises NotFound, WrongSide, InvalidTransition, NoChangesLeft."""
        job = await find(command.job_id, command.actor, uow)
        decision = job.request_changes(
            by=command.actor, at=self._clock.now(), reason=command.reason
        )
        await keep(job, decision, self._ids, uow)
        return await shown(decision, command.actor, uow)
