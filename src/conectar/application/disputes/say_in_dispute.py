"""Somebody says something in a dispute."""

from dataclasses import dataclass

from conectar.application.disputes.finding import find
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.disputes import message_view
from conectar.application.views.work import DisputeMessageView
from conectar.domain.jobs.dispute import DisputeMessage
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import DisputeId, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class SayInDispute(Command[DisputeMessageView]):
    """Adds a message of a party or an administrator while the dispute is open. Nothing said is ever
    changed."""

    dispute_id: DisputeId
    text: str
    actor: Actor


class SayInDisputeHandler:
    """Adds."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: SayInDispute, uow: UnitOfWork) -> DisputeMessageView:
        """Raises NotFound, InvalidTransition."""
        dispute, _ = await find(command.dispute_id, command.actor, uow)
        dispute.expect_open()
        message = DisputeMessage(
            id=MessageId(self._ids.new()),
            dispute_id=dispute.id,
            author_id=person(command.actor),
            author_role=command.actor.role,
            text=command.text,
            created_at=self._clock.now(),
        )
        await uow.dispute_messages.add(message)
        return message_view(message)
