"""The repositories, in memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from conectar.adapters.outbound.memory.repositories_money import (
    Checkouts,
    Movements,
    Payments,
    Payouts,
    Proposals,
    Refunds,
)
from conectar.adapters.outbound.memory.tables import Journal, Table, Unique, waits
from conectar.application.ports.keys import StoredAnswer
from conectar.application.ports.turns import Turn
from conectar.application.search_rows import SearchRow, rows_of
from conectar.application.versions import touched
from conectar.domain.jobs.dispute import Dispute, DisputeMessage, Evidence
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import FINAL_JOBS, QUARRELLING
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.ids import (
    AuditId,
    BatchId,
    DisputeId,
    EvidenceId,
    JobId,
    MessageId,
    NoticeId,
    OfferId,
    ReviewId,
    ServiceId,
    SessionId,
    TradeId,
    UserId,
)
from conectar.domain.levels.points import PointGrant
from conectar.domain.notices.notice import Notice, Preferences
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.offer import Offer, OfferNotPending
from conectar.domain.offers.service import Service
from conectar.domain.payments.payout import PayoutBatch
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.professional import Professional, Trade
from conectar.domain.people.regret import Regret
from conectar.domain.people.session import PasswordReset, Session
from conectar.domain.people.user import EmailTaken, User
from conectar.domain.reviews.review import AlreadyReviewed, Review


class Users(Table[User, UserId]):
    """Accounts."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "id", [Unique("email", EmailTaken)])

    async def by_email(self, email: str) -> User | None:
        """The account of an address."""
        return self.the(email)


class Sessions(Table[Session, SessionId]):
    """Devices signed in."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "id", user="user_id")

    async def live_of(self, user: UserId, at: datetime) -> Sequence[Session]:
        """Those that let somebody in, newest first."""
        live = [s for s in self.by("user", user) if s.live(at)]
        return sorted(live, key=lambda s: (s.created_at, s.id), reverse=True)

    async def forget_ended(self, before: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        ended = [s.id for s in self if min(s.ended_at or s.expires_at, s.expires_at) < before]
        for id in ended[:limit]:
            self.drop(id)
        return len(ended[:limit])

    async def forget_of(self, user: UserId) -> None:
        """Drops all of a person."""
        for session in self.by("user", user):
            self.drop(session.id)


class Keys:
    """Idempotency keys."""

    def __init__(self, journal: Journal) -> None:
        self.table: Table[StoredAnswer, tuple[object, str]] = Table(
            journal, lambda k: (k.owner, k.key)
        )

    async def claim(self, item: StoredAnswer) -> StoredAnswer | None:
        """Takes an unused key, or answers what it holds."""
        stored = await self.table.find((item.owner, item.key))
        if stored is None:
            await self.table.add(item)
        return stored

    async def find(self, owner: object, key: str) -> StoredAnswer | None:
        """What the key holds."""
        return await self.table.find((owner, key))

    async def save(self, item: StoredAnswer) -> None:
        """Replaces what a claimed key holds."""
        await self.table.save(item)

    async def forget(self, owner: object, key: str) -> None:
        """As if it had never been used."""
        self.table.drop((owner, key))

    async def forget_older(self, than: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        old = [(k.owner, k.key) for k in self.table if k.created_at < than][:limit]
        for key in old:
            self.table.drop(key)
        return len(old)


class Turns:
    """What one program at a time does."""

    def __init__(self, journal: Journal) -> None:
        self._table: Table[Turn, str] = Table(journal, "name")

    async def take(self, turn: Turn, at: datetime) -> bool:
        """Takes a free one, or its own."""
        had = await self._table.find(turn.name)
        if had and had.until > at and had.holder != turn.holder:
            return False
        await self._table.put(turn)
        return True


class Versions:
    """How often each topic changed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._counts: dict[str, int] = {}

    def changed(self, topics: Iterable[str]) -> None:
        """Once more each."""
        for topic in topics:
            self._journal.put(self._counts, topic, self._counts.get(topic, 0) + 1)

    def of(self, topics: Iterable[str]) -> dict[str, int]:
        """Of those that ever did."""
        return {topic: self._counts[topic] for topic in topics if topic in self._counts}


class KycSubmissions(Table[KycSubmission, tuple[UserId, datetime]]):
    """Proofs of identity, as they were shown."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(
            journal,
            lambda k: (k.professional_id, k.submitted_at),
            professional="professional_id",
        )

    async def newest_of(self, professional: UserId) -> KycSubmission | None:
        """What he showed last."""
        shown = self.by("professional", professional)
        return max(shown, key=lambda r: r.submitted_at, default=None)

    async def erase_of(self, professional: UserId) -> Sequence[str]:
        """Drops them; answers the keys of their files."""
        shown = self.by("professional", professional)
        for one in shown:
            self.drop((one.professional_id, one.submitted_at))
        return [document.key for one in shown for document in one.documents]


class Offers(Table[Offer, OfferId]):
    """Offers."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(
            journal,
            "id",
            client="client_id",
            professional="professional_id",
            pending=lambda o: o.status is OfferStatus.PENDING or None,
            reminding=waits("remind_at"),
        )

    async def pending_of(self, user: UserId) -> Sequence[Offer]:
        """Those of a party that nobody answered, oldest first."""
        mine = self.by("client", user) + self.by("professional", user)
        pending = [o for o in mine if o.status is OfferStatus.PENDING]
        return sorted(pending, key=lambda r: r.id)


class Jobs(Table[Job, JobId]):
    """Jobs."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(
            journal,
            "id",
            [Unique("offer_id", OfferNotPending)],
            client="client_id",
            professional="professional_id",
            due=waits("deadline_at"),
            reminding=waits("remind_at"),
            frozen=lambda j: j.frozen or None,
        )

    async def open_of(self, user: UserId) -> Sequence[Job]:
        """Those of a party that have not ended, oldest first."""
        mine = self.by("client", user) + self.by("professional", user)
        return sorted((j for j in mine if j.status not in FINAL_JOBS), key=lambda r: r.id)


class DisputeMessages(Table[DisputeMessage, MessageId]):
    """What was said in disputes."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "id", dispute="dispute_id")


class EvidenceFiles(Table[Evidence, EvidenceId]):
    """What was shown in disputes."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "id", dispute="dispute_id")

    async def count_of(self, dispute: DisputeId) -> int:
        """How many."""
        return len(self.by("dispute", dispute))


class Reviews(Table[Review, ReviewId]):
    """What clients said."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(
            journal,
            "id",
            [Unique("job_id", AlreadyReviewed)],
            professional="professional_id",
        )

    async def of_job(self, job: JobId) -> Review | None:
        """What was said of one."""
        return self.the(job)


class Services(Table[Service, ServiceId]):
    """Instant services."""

    async def active_of(self, professional: UserId) -> Sequence[Service]:
        """Those of one that can be hired."""
        return [s for s in self if s.professional_id == professional and s.active]


class Notices(Table[Notice, NoticeId]):
    """What people were told."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "id", user="user_id")

    async def unread_of(self, user: UserId) -> Sequence[Notice]:
        """Not seen yet."""
        return [n for n in self.by("user", user) if n.read_at is None]

    async def forget_of(self, user: UserId) -> None:
        """Drops all of a person."""
        for notice in self.by("user", user):
            self.drop(notice.id)


class Regrets(Table[Regret, str]):
    """Who regretted."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "id", email="email")

    async def of_email(self, email: str) -> Sequence[Regret]:
        """Those of one address."""
        return sorted(self.by("email", email), key=lambda r: r.id)


class SearchIndex:
    """What search reads."""

    def __init__(self, journal: Journal, trades: Table[Trade, TradeId], versions: Versions) -> None:
        self.table: Table[tuple[SearchRow, ...], UserId] = Table(
            journal, lambda rows: rows[0].professional_id
        )
        self._trades = trades
        self._versions = versions

    async def replace(self, user: User, professional: Professional) -> None:
        """One row a trade, and one for any, while he may be found."""
        before = await self.table.find(user.id) or ()
        self.table.drop(user.id)
        names = {trade.id: trade.name for trade in self._trades}
        if rows := rows_of(user, professional, names):
            await self.table.put(rows)
        places = (row.location for row in (*before, *rows))
        self._versions.changed(touched(user.id, places))


class Repositories:
    """One of each, over one journal."""

    def __init__(self, journal: Journal) -> None:
        self.users = Users(journal)
        self.professionals: Table[Professional, UserId] = Table(journal, "id")
        self.trades: Table[Trade, TradeId] = Table(journal, "id")
        self.sessions = Sessions(journal)
        self.password_resets: Table[PasswordReset, str] = Table(journal, "id")
        self.kyc_submissions = KycSubmissions(journal)
        self.offers = Offers(journal)
        self.jobs = Jobs(journal)
        unique = Unique(lambda d: d.job_id if d.status in QUARRELLING else None, InvalidTransition)
        self.disputes: Table[Dispute, DisputeId] = Table(journal, "id", [unique])
        self.dispute_messages = DisputeMessages(journal)
        self.evidence = EvidenceFiles(journal)
        self.reviews = Reviews(journal)
        self.point_grants: Table[PointGrant, str] = Table(journal, "source_ref")
        self.services = Services(journal, "id")
        self.notices = Notices(journal)
        self.preferences: Table[Preferences, UserId] = Table(journal, "user_id")
        self.regrets = Regrets(journal)
        self.audit: Table[AuditEntry, AuditId] = Table(journal, "id")
        self.checkouts = Checkouts(journal)
        self.payments = Payments(journal)
        self.refunds = Refunds(journal)
        self.payouts = Payouts(journal, self.users)
        self.payout_batches: Table[PayoutBatch, BatchId] = Table(journal, "id")
        self.proposals = Proposals(journal)
        self.movements = Movements(journal)
        self.keys = Keys(journal)
        self.turns = Turns(journal)
        self.versions = Versions(journal)
        self.search = SearchIndex(journal, self.trades, self.versions)
