"""An administrator looks at a dispute."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.disputes.finding import find
from conectar.application.disputes.shown import DisputeShower
from conectar.application.jobs.moving import keep
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
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

    def __init__(self, clock: Clock, ids: Ids, policy: Policy, shower: DisputeShower) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._shower = shower

    async def __call__(self, command: TakeDispute, uow: UnitOfWork) -> DisputeView:
        """Raises WrongRole, NotFound, InvalidTransition."""
        only(command.actor, Role.ADMIN)
        dispute, job = await find(command.dispute_id, command.actor, uow)
        dispute.expect_open()
        now, terms = self._clock.now(), self._policy.terms
        decision = job.take_dispute(by=command.actor, at=now, terms=terms)
        await keep(job, decision, self._ids, uow)
        return await self._shower.show(dispute.id, command.actor, uow.read)
