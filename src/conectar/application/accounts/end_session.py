"""A person signs a device out, this one or another."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession(Command[None]):
    """Ends one of the caller's own sessions; its tokens are worth nothing from then on."""

    session_id: SessionId
    actor: Actor


class EndSessionHandler:
    """Ends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: EndSession, uow: UnitOfWork) -> None:
        """Raises NotFound for somebody else's, and for one that is over."""
        now = self._clock.now()
        session = await uow.sessions.find(command.session_id)
        if session is None or session.user_id != command.actor.user_id or not session.live(now):
            raise NotFound()
        await uow.sessions.save(session.end(now))
