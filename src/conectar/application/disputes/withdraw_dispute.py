"""Who opened a dispute lets it be."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.disputes.finding import find
from conectar.application.disputes.shown import DisputeShower
from conectar.application.jobs.moving import keep
from conectar.application.jobs.suspending import if_banned
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import DisputeView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.errors import WrongSide
from conectar.domain.kernel.ids import DisputeId


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDispute(Command[DisputeView]):
    """Puts the job back where it was, with the time that was left then, two days at least. What an
    administrator opened by a ban any administrator withdraws, once the ban is over."""

    dispute_id: DisputeId
    actor: Actor


class WithdrawDisputeHandler:
    """Withdraws."""

    def __init__(self, clock: Clock, ids: Ids, shower: DisputeShower) -> None:
        self._clock = clock
        self._ids = ids
        self._shower = shower

    async def __call__(self, command: WithdrawDispute, uow: UnitOfWork) -> DisputeView:
        """Raises NotFound, WrongSide, InvalidTransition, StillSuspended."""
        dispute, job = await find(command.dispute_id, command.actor, uow)
        if dispute.opener not in job.roles_of(command.actor):
            raise WrongSide()
        dispute.expect_open()
        professional = existing(await uow.users.peek(job.professional_id))
        now, banned = self._clock.now(), professional.banned_by is not None
        decision = job.withdraw_dispute(by=command.actor, at=now, party_banned=banned)
        await keep(job, decision, self._ids, uow)
        await if_banned(decision.job, now, self._ids, uow)
        return await self._shower.show(dispute.id, command.actor, uow.read)
