"""The other side answers with terms of its own."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.offers.haggling import find, keep, shown
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.application.views.work import OfferView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import OfferId
from conectar.domain.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterOffer(Command[OfferView]):
    """Proposes other terms instead; they stand from now, for as many days as were first chosen.
    The offer's version rises, and the sides change places."""

    offer_id: OfferId
    amount: Money
    description: str | None
    actor: Actor


class CounterOfferHandler:
    """Counters."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, command: CounterOffer, uow: UnitOfWork) -> OfferView:
        """Raises NotFound, WrongSide, OfferNotPending, OfferOverdue, AmountTooSmall."""
        offer = await find(command.offer_id, command.actor, uow)
        decision = offer.counter(
            by=command.actor,
            at=self._clock.now(),
            amount=command.amount,
            description=command.description,
            limits=self._policy.offers,
        )
        await keep(decision, uow)
        return await shown(offer.id, command.actor, self._clock, uow)
