"""Offers, as their parties see them."""

from dataclasses import dataclass
from datetime import datetime

from conectar.application.access import existing, only
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import PartyFilter, Readers
from conectar.application.ports.rows import OfferRow
from conectar.application.ports.system import Clock
from conectar.application.views.work import Action, OfferView, StepView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.ids import OfferId
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.offer import Move

ACTIONS = {
    Move.ACCEPT: Action.ACCEPT,
    Move.REJECT: Action.REJECT,
    Move.EDIT: Action.EDIT,
    Move.COUNTER: Action.COUNTER,
    Move.WITHDRAW: Action.WITHDRAW,
}


def offer_view(row: OfferRow, actor: Actor, at: datetime) -> OfferView:
    """An offer with what the caller may do with it. Raises NotFound for a stranger."""
    offer = row.offer
    moves = offer.moves(actor, at)
    return OfferView(
        id=offer.id,
        client_id=offer.client_id,
        professional_id=offer.professional_id,
        client=row.client,
        professional=row.professional,
        proposed_by=offer.proposed_by,
        description=offer.description,
        amount=offer.amount,
        status=offer.status,
        version=offer.version,
        expires_at=offer.expires_at,
        created_at=offer.created_at,
        updated_at=offer.updated_at,
        actions=tuple(action for move, action in ACTIONS.items() if move in moves),
    )


def party_filter(actor: Actor, as_professional_only: bool) -> PartyFilter:
    """A party sees his own; an administrator sees all."""
    if as_professional_only:
        only(actor, Role.PROFESSIONAL)
    party = None if actor.role is Role.ADMIN else person(actor)
    return PartyFilter(party=party, as_professional_only=as_professional_only)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetOffer(Query[OfferView]):
    """One offer of the caller's."""

    audited = True

    offer_id: OfferId
    actor: Actor


class GetOfferHandler:
    """Reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, query: GetOffer, read: Readers) -> OfferView:
        """Raises NotFound for a stranger."""
        row = existing(await read.offer(query.offer_id))
        return offer_view(row, query.actor, self._clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOffers(Query[Listed[OfferView]]):
    """The caller's offers, newest first."""

    snapshot = False

    audited = True

    status: OfferStatus | None
    page: Page
    actor: Actor
    as_professional_only: bool = False


class ListOffersHandler:
    """Reads them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, query: ListOffers, read: Readers) -> Listed[OfferView]:
        """Raises WrongRole in the professional's room."""
        of = party_filter(query.actor, query.as_professional_only)
        rows = await read.offers(of, query.status, query.page)
        now = self._clock.now()
        return Listed(tuple(offer_view(r, query.actor, now) for r in rows.items), rows.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetOfferTimeline(Query[tuple[StepView, ...]]):
    """What happened to an offer, oldest first."""

    audited = True

    offer_id: OfferId
    actor: Actor


class GetOfferTimelineHandler:
    """Reads it."""

    async def __call__(self, query: GetOfferTimeline, read: Readers) -> tuple[StepView, ...]:
        """Raises NotFound for a stranger."""
        row = existing(await read.offer(query.offer_id))
        row.offer.side_of(query.actor)
        return tuple(await read.timeline(query.offer_id, OfferStatus))
