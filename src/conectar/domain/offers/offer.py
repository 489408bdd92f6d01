"""An offer: terms one side proposes and the other accepts, while they stand.

Every change of the terms raises `version`, so that nobody accepts what he has not seen. Only the
side that did *not* propose the standing terms may accept them or answer with its own; only the
side that did may edit or withdraw them; either may reject.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from conectar.domain.kernel.actor import CLOCK, Actor, Role
from conectar.domain.kernel.errors import DomainError, Kind, NotFound, OutOfRange, WrongSide
from conectar.domain.kernel.ids import OfferId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import (
    OfferAccepted,
    OfferCountered,
    OfferCreated,
    OfferExpired,
    OfferMoved,
    OfferRejected,
    OfferReminder,
    OfferStatus,
    OfferUpdated,
    OfferWithdrawn,
)
from conectar.domain.offers.limits import OfferLimits

DAYS_MAX = 60


class AmountTooSmall(DomainError):
    """An offer starts at a smallest price, by default 100.00."""


class OfferNotPending(DomainError):
    """The offer was answered already."""


class OfferOverdue(DomainError):
    """The offer's time is over."""


class OfferChanged(DomainError):
    """The terms are no longer those the caller saw."""

    kind = Kind.CONFLICT


class NotAvailable(DomainError):
    """Nobody may offer to himself, to or from a suspended account, or to a professional whose
    identity is not approved."""


class KycPending(DomainError):
    """A professional offers only once his identity is approved."""

    kind = Kind.FORBIDDEN


class Decision(NamedTuple):
    """The next offer, and what happened."""

    offer: "Offer"
    events: tuple[OfferMoved, ...]


class Move(Enum):
    """What may be done with a pending offer."""

    ACCEPT = "accept"
    REJECT = "reject"
    EDIT = "edit"
    COUNTER = "counter"
    WITHDRAW = "withdraw"


PROPOSER, OTHER = True, False
SIDES: dict[Move, frozenset[bool]] = {
    Move.ACCEPT: frozenset({OTHER}),
    Move.REJECT: frozenset({PROPOSER, OTHER}),
    Move.EDIT: frozenset({PROPOSER}),
    Move.COUNTER: frozenset({OTHER}),
    Move.WITHDRAW: frozenset({PROPOSER}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`proposed_by` is the side whose terms stand: CLIENT or PROFESSIONAL. `valid_days` is what
    was chosen (1-60); a counter-offer starts it again. `version` counts the terms, `step` the
    rows of the timeline. Times are UTC."""

    id: OfferId
    client_id: UserId
    professional_id: UserId
    proposed_by: Role
    description: str
    amount: Money
    status: OfferStatus
    version: int
    step: int
    valid_days: int
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    remind_at: datetime | None = None

    def side_of(self, actor: Actor) -> Role | None:
        """CLIENT or PROFESSIONAL; None for an administrator. Raises NotFound for a stranger."""
        if actor.role is Role.ADMIN:
            return None
        sides = {self.client_id: Role.CLIENT, self.professional_id: Role.PROFESSIONAL}
        if actor.user_id not in sides:
            raise NotFound()
        return sides[actor.user_id]

    def moves(self, actor: Actor, at: datetime) -> frozenset[Move]:
        """What the actor may do with it now."""
        side = self.side_of(actor)
        if side is None or self.status is not OfferStatus.PENDING or at >= self.expires_at:
            return frozenset()
        return frozenset(m for m, sides in SIDES.items() if (side is self.proposed_by) in sides)

    def edit(
        self,
        *,
        by: Actor,
        at: datetime,
        amount: Money | None,
        description: str | None,
        valid_days: int | None,
        limits: OfferLimits,
    ) -> Decision:
        """New terms from the side whose terms stand; given days count from now."""
        self._allow(Move.EDIT, by, at)
        days = self.valid_days if valid_days is None else allowed_days(valid_days)
        expires_at = self.expires_at if valid_days is None else at + timedelta(days=days)
        return self._enter(
            OfferUpdated,
            by,
            at,
            amount=self.amount if amount is None else sufficient(amount, limits),
            description=description or self.description,
            valid_days=days,
            **_until(expires_at, at, limits),
            version=self.version + 1,
        )

    def counter(
        self,
        *,
        by: Actor,
        at: datetime,
        amount: Money,
        description: str | None,
        limits: OfferLimits,
    ) -> Decision:
        """The other side's terms, which stand from now, for as many days as were first chosen."""
        self._allow(Move.COUNTER, by, at)
        return self._enter(
            OfferCountered,
            by,
            at,
            amount=sufficient(amount, limits),
            description=description or self.description,
            proposed_by=by.role,
            **_until(at + timedelta(days=self.valid_days), at, limits),
            version=self.version + 1,
        )

    def accept(self, *, by: Actor, at: datetime, seen: int | None) -> Decision:
        """The standing terms are agreed. `seen` is the version the caller read."""
        self._allow(Move.ACCEPT, by, at)
        if seen is not None and seen != self.version:
            raise OfferChanged(version=self.version)
        return self._enter(OfferAccepted, by, at, status=OfferStatus.ACCEPTED)

    def reject(self, *, by: Actor, at: datetime, reason: str | None) -> Decision:
        """Either side wants no more of it."""
        self._allow(Move.REJECT, by, at)
        return self._enter(OfferRejected, by, at, reason, status=OfferStatus.REJECTED)

    def close(self, *, by: Actor, at: datetime, reason: str) -> Decision:
        """A party is gone: an administrator's ban, or his own wish. Raises OfferNotPending."""
        if self.status is not OfferStatus.PENDING:
            raise OfferNotPending(status=self.status.value)
        return self._enter(OfferRejected, by, at, reason, status=OfferStatus.REJECTED)

    def withdraw(self, *, by: Actor, at: datetime) -> Decision:
        """The proposer takes his terms back."""
        self._allow(Move.WITHDRAW, by, at)
        return self._enter(OfferWithdrawn, by, at, status=OfferStatus.WITHDRAWN)

    def expire(self, *, at: datetime) -> Decision:
        """Nobody answered in time."""
        if self.status is not OfferStatus.PENDING or at < self.expires_at:
            raise OfferNotPending(status=self.status.value)
        return self._enter(OfferExpired, CLOCK, at, status=OfferStatus.EXPIRED)

    def remind(self, at: datetime) -> tuple["Offer", OfferReminder]:
        """Its time is nearly over."""
        told = OfferReminder(
            at=at,
            offer_id=self.id,
            client_id=self.client_id,
            professional_id=self.professional_id,
            proposed_by=self.proposed_by,
            expires_at=self.expires_at,
        )
        return replace(self, remind_at=None), told

    def _allow(self, move: Move, by: Actor, at: datetime) -> None:
        side = self.side_of(by)
        if side is None or (side is self.proposed_by) not in SIDES[move]:
            raise WrongSide()
        if self.status is OfferStatus.EXPIRED:
            raise OfferOverdue()
        if self.status is not OfferStatus.PENDING:
            raise OfferNotPending(status=self.status.value)
        if at >= self.expires_at:
            raise OfferOverdue()

    def _enter(
        self,
        told: type[OfferMoved],
        by: Actor,
        at: datetime,
        reason: str | None = None,
        **changes: Any,
    ) -> Decision:
        changes = {"remind_at": None, "step": self.step + 1, "updated_at": at} | changes
        offer = replace(self, **changes)
        return Decision(offer, (offer._told(told, self.status, by, at, reason),))

    def _told(
        self,
        told: type[OfferMoved],
        before: OfferStatus | None,
        by: Actor,
        at: datetime,
        reason: str | None,
    ) -> OfferMoved:
        return told(
            at=at,
            version=self.step,
            actor=by,
            reason=reason,
            offer_id=self.id,
            client_id=self.client_id,
            professional_id=self.professional_id,
            before=before,
            status=self.status,
        )


def propose(
    *,
    id: OfferId,
    client_id: UserId,
    professional_id: UserId,
    description: str,
    amount: Money,
    valid_days: int,
    by: Actor,
    at: datetime,
    limits: OfferLimits,
) -> Decision:
    """The first terms, by either side."""
    if client_id == professional_id:
        raise NotAvailable()
    offer = Offer(
        id=id,
        client_id=client_id,
        professional_id=professional_id,
        proposed_by=by.role,
        description=description,
        amount=sufficient(amount, limits),
        status=OfferStatus.PENDING,
        version=1,
        step=1,
        valid_days=allowed_days(valid_days),
        **_until(at + timedelta(days=valid_days), at, limits),
        created_at=at,
        updated_at=at,
    )
    return Decision(offer, (offer._told(OfferCreated, None, by, at, None),))


def _until(end: datetime, at: datetime, limits: OfferLimits) -> dict[str, Any]:
    """When it ends, and when to speak of that: never if it is too near."""
    remind_at = end - limits.reminder
    return {"expires_at": end, "remind_at": remind_at if remind_at > at else None}


def sufficient(amount: Money, limits: OfferLimits) -> Money:
    """The amount, if an offer may ask it."""
    if amount < limits.price_min:
        raise AmountTooSmall(minimum=str(limits.price_min))
    return amount


def allowed_days(days: int) -> int:
    """The days, if an offer may stand so long."""
    if not 1 <= days <= DAYS_MAX:
        raise OutOfRange(field="valid_days", minimum=1, maximum=DAYS_MAX)
    return days
