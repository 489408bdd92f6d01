"""Offers and jobs."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Self

from conectar.application.views import Lasting, View
from conectar.domain.jobs.dispute import DisputeReason, Ruling
from conectar.domain.jobs.lifecycle import DisputeStatus, EscrowStatus, JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import (
    DisputeId,
    EvidenceId,
    JobId,
    MessageId,
    OfferId,
    ReviewId,
    ServiceId,
    TradeId,
    UserId,
)
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.people.professional import Professional
from conectar.domain.people.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPartyView(View):
    """The client of an offer or a job."""

    id: UserId
    first_name: str
    last_name: str
    avatar_url: str | None

    @classmethod
    def of(cls, user: User) -> Self:
        """An account as the other side sees it."""
        return cls(
            id=user.id, first_name=user.first_name, last_name=user.last_name, avatar_url=None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfessionalPartyView(View):
    """The professional of an offer or a job."""

    id: UserId
    first_name: str
    last_name: str
    avatar_url: str | None
    rating_average: float | None

    @classmethod
    def of(cls, user: User, professional: Professional) -> Self:
        """An account and its profile as the other side sees them."""
        return cls(
            id=user.id,
            first_name=user.first_name,
            last_name=user.last_name,
            avatar_url=None,
            rating_average=professional.rating_average,
        )


class Action(Enum):
    """What the caller may do now with what he looks at."""

    ACCEPT = "accept"
    REJECT = "reject"
    EDIT = "edit"
    COUNTER = "counter"
    WITHDRAW = "withdraw"
    PAY = "pay"
    CANCEL = "cancel"
    COMPLETE = "complete"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    DISPUTE = "dispute"
    REVIEW = "review"


class DisputeAction(Enum):
    """What the caller may do now with a dispute."""

    SAY = "say"
    SHOW = "show"
    WITHDRAW = "withdraw"
    TAKE = "take"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView(View):
    """An offer, as one caller sees it."""

    id: OfferId
    client_id: UserId
    professional_id: UserId
    client: ClientPartyView
    professional: ProfessionalPartyView
    proposed_by: Role
    description: str
    amount: Money
    status: OfferStatus
    version: int
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    actions: tuple[Action, ...]


class OnExpiry(Enum):
    """What happens by itself at a job's deadline."""

    CANCEL = "cancel"
    REFUND = "refund"
    APPROVE = "approve"


class JobFreeze(Enum):
    """Why a job's money can't move: ours, or the gateway's."""

    DISPUTE = "dispute"
    MEDIATION = "mediation"
    CHARGEBACK = "chargeback"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRefundView(View):
    """The money on its way back to the client."""

    amount: Money
    status: MovementStatus
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView(Lasting):
    """A job, as one caller sees it."""

    id: JobId
    offer_id: OfferId
    client_id: UserId
    professional_id: UserId
    client: ClientPartyView
    professional: ProfessionalPartyView
    description: str
    amount: Money
    commission_rate: Rate
    commission: Money
    professional_net: Money
    status: JobStatus
    escrow: EscrowStatus
    frozen_by: JobFreeze | None
    refund: JobRefundView | None
    dispute_id: DisputeId | None
    created_at: datetime
    paid_at: datetime | None
    completed_at: datetime | None
    approved_at: datetime | None
    expires_at: datetime | None
    on_expiry: OnExpiry | None
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView(View):
    """One row of a timeline; `actor` is the person, none for the clock and the gateway."""

    status_before: OfferStatus | JobStatus | None
    status: OfferStatus | JobStatus
    escrow: EscrowStatus | None
    actor: UserId | None
    actor_role: Role
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView(View):
    """A file shown in a dispute, behind a signed link that lives ten minutes."""

    id: EvidenceId
    url: str
    name: str
    uploaded_by: UserId
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView(View):
    """A dispute, as one caller sees it. What is refunded and what is released, before the
    commission, add up to the price."""

    id: DisputeId
    job_id: JobId
    opened_by: UserId
    cause: DisputeReason
    description: str
    status: DisputeStatus
    ruling: Ruling | None
    client_percent: int | None
    explanation: str | None
    refunded_amount: Money | None
    released_amount: Money | None
    expires_at: datetime | None
    created_at: datetime
    resolved_at: datetime | None
    evidence_files: tuple[EvidenceView, ...]
    actions: tuple[DisputeAction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeMessageView(View):
    """What somebody said in a dispute."""

    id: MessageId
    author_id: UserId
    author_role: Role
    said: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerView(View):
    """Who wrote a review, as the public sees him."""

    name: str
    avatar_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView(View):
    """A client's words about a job, with the professional's reply."""

    id: ReviewId
    job_id: JobId
    professional_id: UserId
    client: ReviewerView
    rating: int
    text: str
    reply: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView(View):
    """An instant service: fixed words at a fixed price."""

    id: ServiceId
    professional_id: UserId
    professional: ProfessionalPartyView
    name: str
    description: str | None
    fixed_price: Money
    trade_id: TradeId
    created_at: datetime
