"""The repositories, in memory."""

from collections.abc import Sequence
from datetime import datetime

from conectar.adapters.outbound.memory.tables import Journal, Table, Unique
from conectar.application.ports.keys import StoredAnswer
from conectar.application.search_rows import SearchRow, rows_of
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.ids import (
    CheckoutId,
    JobId,
    OfferId,
    PaymentId,
    RefundId,
    SessionId,
    TradeId,
    TransactionId,
    UserId,
)
from conectar.domain.offers.offer import Offer, OfferNotPending
from conectar.domain.payments.checkout import Checkout, CheckoutStatus, NotPayable
from conectar.domain.payments.ledger import AlreadyPosted
from conectar.domain.payments.movement import Movement
from conectar.domain.payments.payment import WAITING, Payment, Verdict
from conectar.domain.payments.refund import OUTSTANDING, Refund, RefundOutstanding
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.professional import Professional, Trade
from conectar.domain.people.session import PasswordReset, Session
from conectar.domain.people.user import EmailTaken, User


class Users(Table[User, UserId]):
    """Accounts."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, lambda u: u.id, [Unique(lambda u: u.email, EmailTaken)])

    async def by_email(self, email: str) -> User | None:
        """The account of an address."""
        return next((u for u in self if u.email == email), None)


class Sessions(Table[Session, SessionId]):
    """Devices signed in."""

    async def live_of(self, user: UserId, at: datetime) -> Sequence[Session]:
        """Those that let somebody in, newest first."""
        live = [s for s in self if s.user_id == user and s.live(at)]
        return sorted(live, key=lambda s: (s.created_at, s.id), reverse=True)


class Checkouts(Table[Checkout, CheckoutId]):
    """Our intents that a job be paid."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, lambda c: c.id, [Unique(_open_job, NotPayable)])

    async def open_of(self, job: JobId) -> Checkout | None:
        """The one that may still be paid."""
        return next((c for c in self if _open_job(c) == job), None)


def _open_job(checkout: Checkout) -> JobId | None:
    return checkout.job_id if checkout.status is CheckoutStatus.OPEN else None


class Payments(Table[Payment, PaymentId]):
    """Payments at the gateway."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, lambda p: p.id, [Unique(_funded_job, NotPayable)])

    async def funding(self, job: JobId) -> Payment | None:
        """The one whose money is held for a job."""
        return next((p for p in self if _funded_job(p) == job), None)

    async def pending_of(self, job: JobId) -> bool:
        """Whether the gateway still waits for one."""
        return any(p.job_id == job and p.status in WAITING for p in self)


def _funded_job(payment: Payment) -> JobId | None:
    return payment.job_id if payment.verdict is Verdict.FUNDS else None


class Refunds(Table[Refund, RefundId]):
    """Intents to give money back."""

    def __init__(self, journal: Journal) -> None:
        unique = Unique(
            lambda r: r.payment_id if r.status in OUTSTANDING else None, RefundOutstanding
        )
        super().__init__(journal, lambda r: r.id, [unique])

    async def of_payment(self, payment: PaymentId) -> Sequence[Refund]:
        """All of one payment, oldest first."""
        return sorted((r for r in self if r.payment_id == payment), key=lambda r: r.id)


class Movements(Table[Movement, TransactionId]):
    """Movements; each is found by the fact it tells."""

    def __init__(self, journal: Journal) -> None:
        fact = Unique(lambda m: m.source_ref, AlreadyPosted)
        super().__init__(journal, lambda m: m.id, [fact])

    async def of_fact(self, source_ref: str) -> Movement | None:
        """The movement of a fact."""
        return next((m for m in self if m.source_ref == source_ref), None)


class Keys:
    """Idempotency keys."""

    def __init__(self, journal: Journal) -> None:
        self.table: Table[StoredAnswer, tuple[object, str]] = Table(
            journal, lambda k: (k.owner, k.key)
        )

    async def find(self, owner: object, key: str) -> StoredAnswer | None:
        """What the key holds."""
        return await self.table.find((owner, key))

    async def put(self, item: StoredAnswer) -> None:
        """Claims or fills."""
        await self.table.put(item)

    async def forget(self, owner: object, key: str) -> None:
        """As if it had never been used."""
        self.table.drop((owner, key))

    async def forget_older(self, than: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        old = [(k.owner, k.key) for k in self.table if k.created_at < than][:limit]
        for key in old:
            self.table.drop(key)
        return len(old)


class KycSubmissions(Table[KycSubmission, tuple[UserId, datetime]]):
    """Proofs of identity, as they were shown."""


class SearchIndex:
    """What search reads."""

    def __init__(self, journal: Journal, trades: Table[Trade, TradeId]) -> None:
        self.table: Table[tuple[SearchRow, ...], UserId] = Table(
            journal, lambda rows: rows[0].professional_id
        )
        self._trades = trades

    async def replace(self, user: User, professional: Professional) -> None:
        """One row a trade, and one for any, while he may be found."""
        self.table.drop(user.id)
        names = {trade.id: trade.name for trade in self._trades}
        if rows := rows_of(user, professional, names):
            await self.table.put(rows)


class Repositories:
    """One of each, over one journal."""

    def __init__(self, journal: Journal) -> None:
        self.users = Users(journal)
        self.professionals: Table[Professional, UserId] = Table(journal, lambda p: p.id)
        self.trades: Table[Trade, TradeId] = Table(journal, lambda t: t.id)
        self.sessions = Sessions(journal, lambda s: s.id)
        self.password_resets: Table[PasswordReset, str] = Table(journal, lambda r: r.id)
        self.kyc_submissions = KycSubmissions(
            journal, lambda k: (k.professional_id, k.submitted_at)
        )
        self.offers: Table[Offer, OfferId] = Table(journal, lambda o: o.id)
        self.jobs: Table[Job, JobId] = Table(
            journal, lambda j: j.id, [Unique(lambda j: j.offer_id, OfferNotPending)]
        )
        self.checkouts = Checkouts(journal)
        self.payments = Payments(journal)
        self.refunds = Refunds(journal)
        self.movements = Movements(journal)
        self.keys = Keys(journal)
        self.search = SearchIndex(journal, self.trades)
