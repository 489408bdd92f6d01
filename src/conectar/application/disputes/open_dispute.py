"""A party questions the work."""

from dataclasses import dataclass

from conectar.application.disputes.shown import DisputeShower
from conectar.application.jobs.moving import find, keep
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import DisputeView
from conectar.domain.jobs.dispute import DisputeReason, opened
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import DisputeId, JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDispute(Command[DisputeView]):
    """Stops the job: its money stays where it is until an administrator decides, who opened the
    dispute lets it be, or nobody decided for long enough and it goes back to the client. Each party
    may do so once a job."""

    job_id: JobId
    cause: DisputeReason
    description: str
    actor: Actor


class OpenDisputeHandler:
    """Opens."""

    def __init__(self, clock: Clock, ids: Ids, shower: DisputeShower) -> None:
        self._clock = clock
        self._ids = ids
        self._shower = shower

    async def __call__(self, command: OpenDispute, uow: UnitOfWork) -> DisputeView:
        """Raises NotFound, WrongSide, InvalidTransition, NoDisputeLeft, PaymentFrozen."""
        now, by = self._clock.now(), command.actor
        job = await find(command.job_id, by, uow)
        decision = job.open_dispute(
            DisputeId(self._ids.new()),
            by=by,
            at=now,
            reason=command.description,
        )
        dispute = opened(
            decision.job, by=by, at=now, cause=command.cause, description=command.description
        )
        await keep(job, decision, self._ids, uow)
        await uow.disputes.add(dispute)
        return await self._shower.show(dispute.id, by, uow.read)
