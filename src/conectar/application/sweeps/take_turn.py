"""One runner: of all the programs that could, one does it."""

from dataclasses import dataclass
from datetime import timedelta

from conectar.application.message import Command
from conectar.application.ports.system import Clock
from conectar.application.ports.turns import Turn
from conectar.application.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTurn(Command[bool]):
    """Whether `holder` may do `name` now, alone, for so long. Who asks again in time keeps it."""

    name: str
    holder: str
    lasts: timedelta


class TakeTurnHandler:
    """Takes it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: TakeTurn, uow: UnitOfWork) -> bool:
        """Refuses nothing."""
        now = self._clock.now()
        turn = Turn(name=command.name, holder=command.holder, until=now + command.lasts)
        return await uow.turns.take(turn, now)
