"""The proposer takes his terms back."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.offers.haggling import find, keep
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer(Command[None]):
    """Takes the standing terms back."""

    offer_id: OfferId
    actor: Actor


class WithdrawOfferHandler:
    """Withdraws."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: WithdrawOffer, uow: UnitOfWork) -> None:
        """Raises NotFound, WrongSide, OfferNotPending, OfferOverdue."""
        offer = await find(command.offer_id, command.actor, uow)
        decision = offer.withdraw(by=command.actor, at=self._clock.now())
        await keep(decision, uow)
