"""What every move of an offer has in common: find it, keep the decision, show it."""

from conectar.application.access import existing
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.offers import offer_view
from conectar.application.views.work import OfferView
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import OfferId
from conectar.domain.offers.offer import Decision, Offer


async def find(offer_id: OfferId, actor: Actor, uow: UnitOfWork) -> Offer:
    """The caller's offer, locked. Raises NotFound for a stranger, and AccountSuspended for somebody
    who was banned since he came in."""
    user = existing(await uow.users.find(person(actor)))
    offer = existing(await uow.offers.find(offer_id))
    offer.side_of(actor)
    user.expect_active()
    return offer


async def keep(decision: Decision, uow: UnitOfWork) -> None:
    """Saves what was decided."""
    await uow.offers.save(decision.offer)
    await uow.outbox.record(*decision.events)


async def shown(offer_id: OfferId, actor: Actor, clock: Clock, uow: UnitOfWork) -> OfferView:
    """The offer as it is now."""
    return offer_view(existing(await uow.read.offer(offer_id)), actor, clock.now())
