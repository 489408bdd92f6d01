"""A professional says what he does."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Command
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.people import TradeView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.ids import TradeId
from conectar.domain.people.professional import Professional, UnknownTrade


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTrade(Command[TradeView]):
    """He does this trade, too; saying so twice is saying it once."""

    trade_id: TradeId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTrade(Command[None]):
    """He does not do this trade any more."""

    trade_id: TradeId
    actor: Actor


class AddTradeHandler:
    """Adds."""

    async def __call__(self, command: AddTrade, uow: UnitOfWork) -> TradeView:
        """Raises WrongRole, UnknownTrade."""
        professional = await _own(command.actor, uow)
        trade = await uow.trades.find(command.trade_id)
        if trade is None:
            raise UnknownTrade()
        await _keep(professional.with_trade(trade.id), uow)
        return TradeView(id=trade.id, name=trade.name, description=trade.description)


class RemoveTradeHandler:
    """Removes."""

    async def __call__(self, command: RemoveTrade, uow: UnitOfWork) -> None:
        """Raises WrongRole, UnknownTrade."""
        professional = await _own(command.actor, uow)
        await _keep(professional.without_trade(command.trade_id), uow)


async def _own(actor: Actor, uow: UnitOfWork) -> Professional:
    only(actor, Role.PROFESSIONAL)
    return existing(await uow.professionals.find(person(actor)))


async def _keep(professional: Professional, uow: UnitOfWork) -> None:
    await uow.professionals.save(professional)
    user = existing(await uow.users.peek(professional.id))
    await uow.search.replace(user, professional)
