"""Readers: flat rows for queries, each list in one statement with a total order.

Lists are newest first and say how long they are, counted to TOTAL_MAX and no further.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from conectar.application.message import Listed, Page
from conectar.application.ports.gauges import GaugeReader
from conectar.application.ports.rows import (
    AccountSum,
    Affair,
    DebtRow,
    DisputeRow,
    Incident,
    JobRow,
    Known,
    KycRow,
    LeaderRow,
    OfferRow,
    Parked,
    Parties,
    PendingDelivery,
    Released,
    ReviewRow,
    ServiceRow,
    SignedIn,
    WorkRecord,
)
from conectar.application.ports.search import SearchReader
from conectar.application.views.people import TradeView
from conectar.application.views.work import (
    StepView,
)
from conectar.domain.jobs.dispute import DisputeMessage, Evidence
from conectar.domain.jobs.lifecycle import DisputeStatus, JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import (
    BatchId,
    CheckoutId,
    DisputeId,
    JobId,
    NoticeId,
    OfferId,
    PaymentId,
    ProposalId,
    RefundId,
    ServiceId,
    SessionId,
    TradeId,
    UserId,
)
from conectar.domain.kernel.money import Money
from conectar.domain.notices.notice import Notice, Preferences
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.ledger import AccountKind
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.payout import Payout, PayoutBatch, PayoutStatus
from conectar.domain.payments.proposal import Proposal
from conectar.domain.payments.refund import Refund, RefundStatus
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import KycStatus, KycSubmission
from conectar.domain.people.regret import Regret, RegretOutcome
from conectar.domain.people.session import Session
from conectar.domain.people.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFilter:
    """Whose notices, and which."""

    user: UserId
    read: bool | None = None
    event: str | None = None


class PeopleReader(Protocol):
    """Accounts, professionals, trades."""

    async def signed_in(self, session: SessionId) -> SignedIn | None: ...
    async def user(self, id: UserId) -> User | None: ...
    async def user_by_email(self, email: str) -> User | None: ...
    async def sessions(self, user: UserId, at: datetime) -> Sequence[Session]: ...
    async def professional(self, id: UserId) -> Known | None: ...
    async def trades(self) -> Sequence[TradeView]: ...
    async def identities(self, professional: UserId) -> Sequence[KycSubmission]:
        """What he showed, newest first."""
        ...

    async def kyc_in_review(self, page: Page) -> Listed[KycRow]: ...

    async def users(self, role: Role | None, words: str | None, page: Page) -> Listed[User]:
        """Newest first; `words`, in lower case, are part of the name or the address."""
        ...

    async def user_counts(self) -> Mapping[Role, int]: ...
    async def kyc_counts(self) -> Mapping[KycStatus, int]: ...

    async def leaders(self, limit: int) -> Sequence[LeaderRow]:
        """Those the public may see, most points first."""
        ...

    async def services(
        self, professional: UserId | None, trade: TradeId | None, page: Page
    ) -> Listed[ServiceRow]:
        """A professional's own, or all that anybody can hire."""
        ...

    async def service(self, id: ServiceId) -> ServiceRow | None: ...
    async def notices(self, of: NoticeFilter, page: Page) -> Listed[Notice]: ...
    async def notice(self, id: NoticeId) -> Notice | None: ...

    async def notices_since(
        self, users: Collection[UserId], since: datetime, limit: int
    ) -> Sequence[Notice]:
        """Those of some people, oldest first."""
        ...

    async def unread(self, user: UserId) -> int: ...
    async def preferences(self, user: UserId) -> Preferences | None: ...
    async def audit(self, page: Page) -> Listed[AuditEntry]: ...
    async def regrets(self, outcome: RegretOutcome | None, page: Page) -> Listed[Regret]: ...

    async def regrets_of(self, email: str) -> Sequence[Regret]:
        """What was regretted under an address, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFilter:
    """Whose offers or jobs: either side for a party, everybody's for an administrator."""

    party: UserId | None = None
    as_professional_only: bool = False


class WorkReader(Protocol):
    """Offers, jobs, disputes, reviews and timelines."""

    async def dispute(self, id: DisputeId) -> DisputeRow | None: ...

    async def disputes(
        self, of: PartyFilter, status: DisputeStatus | None, page: Page
    ) -> Listed[DisputeRow]: ...

    async def dispute_messages(self, id: DisputeId, page: Page) -> Listed[DisputeMessage]:
        """Newest first."""
        ...

    async def messages_by(self, author: UserId) -> Sequence[DisputeMessage]:
        """All he said in any dispute, newest first."""
        ...

    async def evidence_by(self, person: UserId) -> Sequence[Evidence]:
        """All he showed in any dispute, newest first."""
        ...

    async def reviews(self, professional: UserId, page: Page) -> Listed[ReviewRow]: ...

    async def reviews_by(self, client: UserId) -> Sequence[ReviewRow]:
        """All he wrote, newest first."""
        ...

    async def work_record(self, professional: UserId) -> WorkRecord: ...
    async def job_counts(self) -> Mapping[JobStatus, int]: ...

    async def parties(self, client: UserId, professional: UserId) -> Parties: ...

    async def offer(self, id: OfferId) -> OfferRow | None: ...

    async def offer_affair(self, id: OfferId) -> Affair | None: ...

    async def offers(
        self, of: PartyFilter, status: OfferStatus | None, page: Page
    ) -> Listed[OfferRow]: ...

    async def job(self, id: JobId) -> JobRow | None: ...

    async def job_affair(self, id: JobId) -> Affair | None: ...

    async def jobs(
        self, of: PartyFilter, status: JobStatus | None, page: Page
    ) -> Listed[JobRow]: ...

    async def timeline(
        self, subject: OfferId | JobId, status: type[OfferStatus] | type[JobStatus]
    ) -> Sequence[StepView]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFilter:
    """Which movements. `kinds` is what the caller may see; `party` whose they are."""

    party: UserId | None
    kinds: frozenset[MovementKind]
    status: MovementStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


class MoneyReader(Protocol):
    """Movements, balances, intents."""

    async def movements(self, of: MovementFilter, page: Page) -> Listed[Movement]: ...
    async def account_sums(self) -> Sequence[AccountSum]: ...
    async def owner_balance(self, kind: AccountKind, owner: UserId) -> Money: ...
    async def movement_total(self, kind: MovementKind, professional: UserId) -> Money: ...
    async def payment(self, id: PaymentId) -> Payment | None: ...
    async def checkouts_of(self, job: JobId) -> Sequence[CheckoutId]: ...
    async def refunds(self, status: RefundStatus | None, page: Page) -> Listed[Refund]: ...
    async def released(self) -> Released:
        """What the house ever released and gave back."""
        ...

    async def suspense(self, page: Page) -> Listed[Parked]: ...

    async def incidents(self, page: Page) -> Listed[Incident]:
        """Payments whose job the gateway froze, or that wait for a person; newest first."""
        ...

    async def parked_of(self, professional: UserId) -> Money:
        """What of his payable came of payments that wait for a person."""
        ...

    async def commissions_of(self, professional: UserId) -> Money:
        """What the house kept of his jobs."""
        ...

    async def payouts(
        self, professional: UserId | None, status: PayoutStatus | None, page: Page
    ) -> Listed[Payout]: ...

    async def payout_batch(self, id: BatchId) -> PayoutBatch | None: ...
    async def debts(self, page: Page) -> Listed[DebtRow]: ...
    async def proposal(self, id: ProposalId) -> Proposal | None: ...
    async def proposal_for(self, subject: str) -> Proposal | None: ...
    async def proposals(self, page: Page) -> Listed[Proposal]: ...

    async def open_money(self, user: UserId) -> Money:
        """What escrow, refunds, balances and debts still have of a person: zero lets him go."""
        ...

    async def pending_deliveries(self, page: Page) -> Listed[PendingDelivery]: ...


class DueReader(Protocol):
    """What the clock has to look at, oldest first."""

    async def due_offers(self, at: datetime, limit: int) -> Sequence[OfferId]: ...
    async def due_jobs(self, at: datetime, limit: int) -> Sequence[JobId]: ...
    async def due_checkouts(self, at: datetime, limit: int) -> Sequence[CheckoutId]: ...
    async def due_releases(self, at: datetime, limit: int) -> Sequence[PaymentId]: ...
    async def due_offer_reminders(self, at: datetime, limit: int) -> Sequence[OfferId]: ...
    async def due_job_reminders(self, at: datetime, limit: int) -> Sequence[JobId]: ...
    async def due_refunds(self, at: datetime, limit: int) -> Sequence[RefundId]: ...


class Readers(
    PeopleReader, WorkReader, MoneyReader, SearchReader, DueReader, GaugeReader, Protocol
):
    """All of them, over one consistent view."""
