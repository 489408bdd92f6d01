"""An administrator decides a dispute."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.disputes.finding import find
from conectar.application.disputes.shown import DisputeShower
from conectar.application.house.seconding import Second, Seconding
from conectar.application.jobs.moving import keep
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.money import Agreed
from conectar.application.views.work import DisputeView
from conectar.domain.jobs.dispute import Ruling, clients_part
from conectar.domain.jobs.lifecycle import Trigger
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import OutOfRange
from conectar.domain.kernel.ids import DisputeId

TRIGGERS = {
    Ruling.REFUND: Trigger.RESOLVE_REFUND,
    Ruling.RELEASE: Trigger.RESOLVE_RELEASE,
    Ruling.SPLIT: Trigger.RESOLVE_SPLIT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveDispute(Command[Agreed[DisputeView]]):
    """Gives the money back, releases it, or divides it: `client_percent` (1-99, only when divided)
    of the price goes back to the client, half to even, and the rest is released with the commission
    on the rest. Above the house's limit another administrator has to agree."""

    dispute_id: DisputeId
    ruling: Ruling
    client_percent: int | None
    explanation: str
    actor: Actor
    second: Second | None = None


class ResolveDisputeHandler:
    """Resolves."""

    def __init__(self, clock: Clock, ids: Ids, shower: DisputeShower, seconding: Seconding) -> None:
        self._clock = clock
        self._ids = ids
        self._shower = shower
        self._seconding = seconding

    async def __call__(self, command: ResolveDispute, uow: UnitOfWork) -> Agreed[DisputeView]:
        """Raises WrongRole, OutOfRange, NotFound, InvalidTransition, PaymentFrozen,
        SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        percent = command.client_percent
        if (percent is not None) != (command.ruling is Ruling.SPLIT):
            raise OutOfRange(field="client_percent", minimum=1, maximum=99)
        dispute, job = await find(command.dispute_id, command.actor, uow)
        dispute.expect_open()
        decision = job.resolve(
            TRIGGERS[command.ruling],
            by=command.actor,
            at=self._clock.now(),
            reason=command.explanation,
            to_client=clients_part(job.price, percent) if percent is not None else None,
        )
        subject = dispute_subject(dispute.id)
        if proposal := await self._seconding.needed(command, job.price, subject, uow):
            return Agreed(proposal=proposal)
        await keep(job, decision, self._ids, uow, percent)
        return Agreed(done=await self._shower.show(dispute.id, command.actor, uow.read))


def dispute_subject(id: DisputeId) -> str:
    """What a proposal about a dispute is about."""
    return f"dispute:{id}"
