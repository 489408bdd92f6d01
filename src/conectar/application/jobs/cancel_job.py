"""A party leaves."""

from dataclasses import dataclass

from conectar.application.jobs.moving import find, keep, shown
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import JobView
from conectar.domain.jobs.lifecycle import Trigger
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelJob(Command[JobView]):
    """Cancels. Either party may before payment. Afterwards the professional may until he marks the
    work done, and the client for ten days from acceptance; the whole price goes back."""

    job_id: JobId
    reason: str | None
    actor: Actor


class CancelJobHandler:
    """Cancels."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: CancelJob, uow: UnitOfWork) -> JobView:
        """Raises NotFound, WrongSide, InvalidTransition, CoolingOffOver, PaymentFrozen."""
        job = await find(command.job_id, command.actor, uow)
        decision = job.leave(
            Trigger.CANCEL,
            by=command.actor,
            at=self._clock.now(),
            reason=command.reason,
        )
        await keep(job, decision, self._ids, uow)
        return await shown(decision, command.actor, uow)
