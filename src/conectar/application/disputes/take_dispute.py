"""An administrator looks at a dispute."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.disputes.finding import find
from conectar.application.disputes.shown import DisputeShower
from conectar.application.jobs.moving import keep
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import DisputeView
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import DisputeId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDispute(Command[DisputeView]):
    """Says that an administrator looks at it. Its deadline stays."""

    dispute_id: DisputeId
    actor: Actor


class TakeDisputeHandler:
    """Takes."""

    def __init__(self, clock: Clock, ids: Ids, shower: DisputeShower) -> None:
        self._clock = clock
        self._ids = ids
        self._shower = shower

    async def __call__(self, command: TakeDispute, uow: UnitOfWork) -> DisputeView:
        """Raises WrongRole, NotFound, InvalidTransition."""
        only(command.actor, Role.ADMIN)
        dispute, job = await find(command.dispute_id, command.actor, uow)
        dispute.expect_open()
        now = self._clock.now()
        decision = job.take_dispute(by=command.actor, at=now)
        await keep(job, decision, self._ids, uow)
        return await self._shower.show(dispute.id, command.actor, uow.read)
