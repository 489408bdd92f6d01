"""Offers and jobs."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from conectar.application.views import View
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import JobId, OfferId, UserId
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.movement import MovementStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPartyView(View):
    """The client of an offer or a job."""

    id: UserId
    first_name: str
    last_name: str
    avatar_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfessionalPartyView(View):
    """The professional of an offer or a job."""

    id: UserId
    first_name: str
    last_name: str
    avatar_url: str | None
    rating_average: float | None


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
class JobView(View):
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
    dispute_id: UUID | None
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
