"""The proposer changes his terms."""

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
class EditOffer(Command[OfferView]):
    """Changes the standing terms of who proposed them; what is None stays, and given days count
    from now. The offer's version rises."""

    offer_id: OfferId
    amount: Money | None
    description: str | None
    valid_days: int | None
    actor: Actor


class EditOfferHandler:
    """Edits."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, command: EditOffer, uow: UnitOfWork) -> OfferView:
        """Raises NotFound, WrongSide, OfferNotPending, OfferOverdue, AmountTooSmall, OutOfRange."""
        offer = await find(command.offer_id, command.actor, uow)
        decision = offer.edit(
            by=command.actor,
            at=self._clock.now(),
            amount=command.amount,
            description=command.description,
            valid_days=command.valid_days,
            limits=self._policy.offers,
        )
        await keep(decision, uow)
        return await shown(offer.id, command.actor, self._clock, uow)
