"""Either side ends the haggling."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.offers.haggling import find, keep, shown
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import OfferView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectOffer(Command[OfferView]):
    """Wants no more of it."""

    offer_id: OfferId
    reason: str | None
    actor: Actor


class RejectOfferHandler:
    """Rejects."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: RejectOffer, uow: UnitOfWork) -> OfferView:
        """Raises NotFound, WrongSide, OfferNotPending, OfferOverdue."""
        offer = await find(command.offer_id, command.actor, uow)
        decision = offer.reject(by=command.actor, at=self._clock.now(), reason=command.reason)
        await keep(decision, uow)
        return await shown(offer.id, command.actor, self._clock, uow)
