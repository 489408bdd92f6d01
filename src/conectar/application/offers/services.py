"""A professional keeps his instant services."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.services import service_view
from conectar.application.settings import Policy
from conectar.application.views.work import ServiceView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import ServiceId, TradeId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.offer import sufficient
from conectar.domain.offers.service import Service
from conectar.domain.people.professional import UnknownTrade


@dataclass(frozen=True, slots=True, kw_only=True)
class AddService(Command[ServiceView]):
    """Offers fixed work at a fixed price, which clients hire without haggling while the
    professional takes instant work."""

    name: str
    description: str | None
    price: Money
    trade_id: TradeId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeService(Command[ServiceView]):
    """Changes an instant service of the caller's for whoever hires it from now on."""

    service_id: ServiceId
    name: str | None
    description: str | None
    price: Money | None
    trade_id: TradeId | None
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawService(Command[None]):
    """Takes an instant service of the caller's away; jobs that came of it go on."""

    service_id: ServiceId
    actor: Actor


class AddServiceHandler:
    """Adds."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: AddService, uow: UnitOfWork) -> ServiceView:
        """Raises WrongRole, UnknownTrade, AmountTooSmall."""
        only(command.actor, Role.PROFESSIONAL)
        await _expect_trade(command.trade_id, uow)
        service = Service(
            id=ServiceId(self._ids.new()),
            professional_id=person(command.actor),
            name=command.name,
            description=command.description,
            price=sufficient(command.price, self._policy.offers),
            trade_id=command.trade_id,
            active=True,
            created_at=self._clock.now(),
        )
        await uow.services.add(service)
        return service_view(existing(await uow.read.service(service.id)))


class ChangeServiceHandler:
    """Changes."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, command: ChangeService, uow: UnitOfWork) -> ServiceView:
        """Raises WrongRole, NotFound, UnknownTrade, AmountTooSmall."""
        service = await _mine(command.service_id, command.actor, uow)
        await _expect_trade(command.trade_id or service.trade_id, uow)
        service = service.change(
            name=command.name or service.name,
            description=command.description or service.description,
            price=service.price if command.price is None else command.price,
            trade_id=command.trade_id or service.trade_id,
            limits=self._policy.offers,
        )
        await uow.services.save(service)
        return service_view(existing(await uow.read.service(service.id)))


class WithdrawServiceHandler:
    """Takes away."""

    async def __call__(self, command: WithdrawService, uow: UnitOfWork) -> None:
        """Raises WrongRole, NotFound."""
        service = await _mine(command.service_id, command.actor, uow)
        await uow.services.save(service.withdraw())


async def _mine(id: ServiceId, actor: Actor, uow: UnitOfWork) -> Service:
    only(actor, Role.PROFESSIONAL)
    service = existing(await uow.services.find(id))
    if service.professional_id != actor.user_id or not service.active:
        raise NotFound()
    return service


async def _expect_trade(id: TradeId, uow: UnitOfWork) -> None:
    if await uow.trades.find(id) is None:
        raise UnknownTrade()
