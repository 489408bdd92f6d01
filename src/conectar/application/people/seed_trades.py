"""A fresh house gets its catalogue of trades."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.people.professional import Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedTrades(Command[None]):
    """Adds the trades that are not there yet; run at every start."""

    trades: tuple[Trade, ...]


class SeedTradesHandler:
    """Adds."""

    async def __call__(self, command: SeedTrades, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        for trade in command.trades:
            if await uow.trades.find(trade.id) is None:
                await uow.trades.add(trade)
