"""An administrator has another try at what did not happen."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.message import Command
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveEvent(Command[None]):
    """Makes every unfinished reaction to an event due again, as if it were new."""

    event_id: EventId
    actor: Actor


class RedriveEventHandler:
    """Makes due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: RedriveEvent, uow: UnitOfWork) -> None:
        """Raises WrongRole, NotFound for an event whose reactions all happened."""
        only(command.actor, Role.ADMIN)
        if not await uow.outbox.redrive(command.event_id, self._clock.now()):
            raise NotFound()
