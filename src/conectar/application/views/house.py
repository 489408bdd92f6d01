"""What administrators see of the house."""

from dataclasses import dataclass
from datetime import datetime

from conectar.application.views import View
from conectar.application.views.money import MovementView, PayoutView
from conectar.application.views.people import (
    NoticeView,
    PreferencesView,
    ProfessionalView,
    SessionView,
    UserView,
)
from conectar.application.views.work import (
    DisputeMessageView,
    DisputeView,
    JobView,
    OfferView,
    ReviewView,
    ServiceView,
)
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.ids import AuditId, DisputeId, EventId, EvidenceId, JobId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.people.kyc import DocumentKind
from conectar.domain.people.regret import RegretOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCountsView(View):
    """How many jobs there are, and where they are."""

    total: int
    by_status: dict[JobStatus, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancesView(View):
    """Sums of the ledger: what was ever funded, kept, held now, released net, given back."""

    billed: Money
    commissions: Money
    in_escrow: Money
    total_released: Money
    total_refunded: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardView(View):
    """The house at a glance."""

    jobs: JobCountsView
    finances: FinancesView


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMetricsView(View):
    """How many people there are."""

    total_clients: int
    total_professionals: int
    total_kyc_pending: int
    total_kyc_approved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView(View):
    """A reaction that has not happened yet; without `next_at` it waits for a person."""

    id: EventId
    event: str
    reaction: str
    attempts: int
    error: str | None
    next_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView(View):
    """What an administrator did or looked at."""

    id: AuditId
    admin_id: UserId
    action: str
    subject: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RegretView(View):
    """Somebody who regretted, for the administrators."""

    code: str
    email: str
    job_id: JobId | None
    reason: str | None
    outcome: RegretOutcome
    explanation: str | None
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegretCodeView(View):
    """What whoever regrets is given at once."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityView(View):
    """The numbers a professional showed, and with which papers."""

    dni: str
    cuit: str
    submitted_at: datetime
    documents: tuple[DocumentKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFileView(View):
    """A file that somebody showed in a dispute, without what is in it."""

    id: EvidenceId
    dispute_id: DisputeId
    name: str
    media_type: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportView(View):
    """Everything the house knows of a person. His account for payouts, his payouts and the proofs
    of his identity are told whole; of files their names, and when they came."""

    user: UserView
    professional: ProfessionalView | None
    identity: IdentityView | None
    earlier_identities: tuple[IdentityView, ...]
    sessions: tuple[SessionView, ...]
    preferences: PreferencesView
    offers: tuple[OfferView, ...]
    jobs: tuple[JobView, ...]
    services: tuple[ServiceView, ...]
    disputes: tuple[DisputeView, ...]
    dispute_messages: tuple[DisputeMessageView, ...]
    evidence_files: tuple[ShownFileView, ...]
    reviews_about: tuple[ReviewView, ...]
    written_reviews: tuple[ReviewView, ...]
    movements: tuple[MovementView, ...]
    payouts: tuple[PayoutView, ...]
    regrets: tuple[RegretView, ...]
    notices: tuple[NoticeView, ...]
