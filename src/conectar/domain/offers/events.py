"""What happens to an offer."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.events import Event, Moved
from conectar.domain.kernel.ids import OfferId, UserId


class OfferStatus(Enum):
    """Where the haggling is."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMoved(Moved):
    """One step of an offer."""

    offer_id: OfferId
    client_id: UserId
    professional_id: UserId
    before: OfferStatus | None
    status: OfferStatus

    @property
    def subject_id(self) -> UUID:
        """The offer."""
        return self.offer_id

    @property
    def states(self) -> tuple[Enum | None, Enum, Enum | None]:
        """(status before, status after, nothing: an offer holds no money)."""
        return self.before, self.status, None


class OfferCreated(OfferMoved):
    """Terms were proposed."""


class OfferUpdated(OfferMoved):
    """Who proposed the standing terms changed them."""


class OfferCountered(OfferMoved):
    """The other side proposed its own terms, which now stand."""


class OfferAccepted(OfferMoved):
    """The standing terms became a job."""


class OfferRejected(OfferMoved):
    """One side wants no more of it."""


class OfferWithdrawn(OfferMoved):
    """Who proposed the standing terms took them back."""


class OfferExpired(OfferMoved):
    """Nobody answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferReminder(Event):
    """It ends soon; `proposed_by` is the side that waits."""

    offer_id: OfferId
    client_id: UserId
    professional_id: UserId
    proposed_by: Role
    expires_at: datetime
