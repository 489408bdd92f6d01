"""Nobody answered an offer in time."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.offers.haggling import keep
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.ids import OfferId
from conectar.domain.offers.events import OfferStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireOffer(Command[None]):
    """Ends an offer whose time is over; does nothing to any other, so that it may be run twice."""

    offer_id: OfferId


class ExpireOfferHandler:
    """Expires."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: ExpireOffer, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        now = self._clock.now()
        offer = await uow.offers.find(command.offer_id)
        if offer and offer.status is OfferStatus.PENDING and now >= offer.expires_at:
            await keep(offer.expire(at=now), uow)
