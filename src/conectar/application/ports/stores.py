"""Repositories: where aggregates live inside one unit of work.

`find` locks what it finds until the unit ends (SQLite locks the whole file for a writer), so what a
handler decided is still true when it saves. `add` raises the domain error that the violated
uniqueness stands for. Values go in and come out; nothing is shared with the caller.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from conectar.domain.jobs.dispute import Dispute, DisputeMessage, Evidence
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.ids import (
    BatchId,
    CheckoutId,
    DisputeId,
    JobId,
    NoticeId,
    OfferId,
    PaymentId,
    PayoutId,
    ProposalId,
    RefundId,
    ReviewId,
    ServiceId,
    SessionId,
    TradeId,
    TransactionId,
    UserId,
)
from conectar.domain.kernel.money import Money
from conectar.domain.levels.points import PointGrant
from conectar.domain.notices.notice import Notice, Preferences
from conectar.domain.offers.offer import Offer
from conectar.domain.offers.service import Service
from conectar.domain.payments.checkout import Checkout
from conectar.domain.payments.ledger import Account, LedgerTransaction
from conectar.domain.payments.movement import Movement
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.payout import Payout, PayoutBatch
from conectar.domain.payments.proposal import Proposal
from conectar.domain.payments.refund import Refund
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.professional import Professional, Trade
from conectar.domain.people.regret import Regret
from conectar.domain.people.session import PasswordReset, Session
from conectar.domain.people.user import User
from conectar.domain.reviews.review import Review

T = TypeVar("T")
K = TypeVar("K", contravariant=True)


class Repository(Protocol[T, K]):
    """The verbs every store has."""

    async def find(self, key: K) -> T | None:
        """The value under a key, locked until the unit ends."""
        ...

    async def peek(self, key: K) -> T | None:
        """The value under a key as it is now, and may change at once: to know what to lock first,
        or a fact that whoever changes it brings here under a lock of ours."""
        ...

    async def add(self, item: T) -> None:
        """A new value. Raises the rule of a uniqueness it breaks."""
        ...

    async def save(self, item: T) -> None:
        """Replaces a value that was found."""
        ...


class Users(Repository[User, UserId], Protocol):
    """Unique: email (EmailTaken)."""

    async def by_email(self, email: str) -> User | None: ...


class Professionals(Repository[Professional, UserId], Protocol):
    """One a user with that role."""


class Trades(Repository[Trade, TradeId], Protocol):
    """The catalogue."""


class Sessions(Repository[Session, SessionId], Protocol):
    """Devices signed in."""

    async def live_of(self, user: UserId, at: datetime) -> Sequence[Session]: ...

    async def forget_ended(self, before: datetime, limit: int) -> int:
        """Drops a batch of those that let nobody in since then; answers how many."""
        ...

    async def forget_of(self, user: UserId) -> None:
        """All of a person who was erased."""
        ...


class PasswordResets(Repository[PasswordReset, str], Protocol):
    """Forgotten passwords."""


class KycSubmissions(Protocol):
    """Append only, until the person is erased."""

    async def add(self, item: KycSubmission) -> None: ...
    async def newest_of(self, professional: UserId) -> KycSubmission | None: ...

    async def erase_of(self, professional: UserId) -> Sequence[str]:
        """Drops them and answers the keys of their files."""
        ...


class Offers(Repository[Offer, OfferId], Protocol):
    """Offers."""

    async def pending_of(self, user: UserId) -> Sequence[Offer]: ...


class Jobs(Repository[Job, JobId], Protocol):
    """Unique: one job an offer (OfferNotPending)."""

    async def open_of(self, user: UserId) -> Sequence[Job]:
        """Those of a party that are neither approved nor cancelled, oldest first."""
        ...


class Disputes(Repository[Dispute, DisputeId], Protocol):
    """The records of disputes."""


class DisputeMessages(Protocol):
    """Append only."""

    async def add(self, item: DisputeMessage) -> None: ...


class EvidenceFiles(Protocol):
    """Append only."""

    async def add(self, item: Evidence) -> None: ...
    async def count_of(self, dispute: DisputeId) -> int: ...


class Reviews(Repository[Review, ReviewId], Protocol):
    """Unique: one review a job (AlreadyReviewed)."""

    async def of_job(self, job: JobId) -> Review | None: ...


class PointGrants(Repository[PointGrant, str], Protocol):
    """What points were given for."""


class Services(Repository[Service, ServiceId], Protocol):
    """Instant services."""

    async def active_of(self, professional: UserId) -> Sequence[Service]: ...


class Notices(Repository[Notice, NoticeId], Protocol):
    """What people were told."""

    async def unread_of(self, user: UserId) -> Sequence[Notice]: ...

    async def forget_of(self, user: UserId) -> None:
        """All of a person who was erased."""
        ...


class AllPreferences(Protocol):
    """How people want to be told; who never said has no row."""

    async def find(self, key: UserId) -> Preferences | None: ...
    async def put(self, item: Preferences) -> None: ...


class Regrets(Repository[Regret, str], Protocol):
    """Who regretted, by the code he was given."""

    async def of_email(self, email: str) -> Sequence[Regret]:
        """Those of one address, by their codes."""
        ...


class Audit(Protocol):
    """Append only."""

    async def add(self, item: AuditEntry) -> None: ...


class Checkouts(Repository[Checkout, CheckoutId], Protocol):
    """Unique: one open checkout a job (NotPayable)."""

    async def open_of(self, job: JobId) -> Checkout | None: ...


class Payments(Repository[Payment, PaymentId], Protocol):
    """Unique: one payment that funds a job (NotPayable)."""

    async def funding(self, job: JobId) -> Payment | None: ...
    async def pending_of(self, job: JobId) -> bool: ...


class Refunds(Repository[Refund, RefundId], Protocol):
    """Unique: one outstanding refund a payment (RefundOutstanding)."""

    async def of_payment(self, payment: PaymentId) -> Sequence[Refund]: ...


class Payouts(Repository[Payout, PayoutId], Protocol):
    """Money on its way to professionals."""

    async def unsent_of(self, professional: UserId) -> Sequence[Payout]: ...

    async def exportable(self, at: datetime, limit: int) -> Sequence[Payout]:
        """Those asked for whose wait is over and whose owner is not banned, oldest first."""
        ...


class PayoutBatches(Repository[PayoutBatch, BatchId], Protocol):
    """Bank files as they were made."""


class Proposals(Repository[Proposal, ProposalId], Protocol):
    """What waits for a second administrator. Unique: one standing a subject (ProposalSpent)."""

    async def standing_for(self, subject: str) -> Proposal | None: ...


class Movements(Repository[Movement, TransactionId], Protocol):
    """Unique: `source_ref` (AlreadyPosted)."""

    async def of_fact(self, source_ref: str) -> Movement | None: ...


class Ledger(Protocol):
    """Append only. `post` keeps the balances of per-owner accounts and raises Overdrawn below
    zero, AlreadyPosted for a known `source_ref`."""

    async def post(self, transaction: LedgerTransaction) -> None: ...
    async def posted(self, source_ref: str) -> bool: ...
    async def balance(self, account: Account) -> Money: ...

    async def of_payment(self, account: Account, payment: PaymentId) -> Money:
        """What one payment's entries leave in an account, in its natural sign."""
        ...

    async def of_job(self, account: Account, job: JobId) -> Money:
        """What one job's entries leave in an account, in its natural sign."""
        ...


class SearchIndex(Protocol):
    """The denormalised rows that search reads, kept in the same unit as what they copy."""

    async def replace(self, user: User, professional: Professional) -> None:
        """One row a trade (and one for any trade) while he may be found, else none. Whatever the
        public sees of him has a new version."""
        ...
