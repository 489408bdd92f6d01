"""Reads about people, in memory."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from conectar.adapters.outbound.memory.reading import Reading, page_of, same
from conectar.application.message import Listed, Page
from conectar.application.ports import readers as port
from conectar.application.ports import rows
from conectar.application.views.people import TradeView
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import NoticeId, ServiceId, SessionId, TradeId, UserId
from conectar.domain.notices.notice import Notice, Preferences
from conectar.domain.offers.service import Service
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import KycStatus, KycSubmission
from conectar.domain.people.professional import Trade
from conectar.domain.people.regret import Regret, RegretOutcome
from conectar.domain.people.session import Session
from conectar.domain.people.user import User


class PeopleReader(Reading):
    """Accounts, professionals, trades, notices, what administrators see of people."""

    async def signed_in(self, session: SessionId) -> rows.SignedIn | None:
        """A session with its account."""
        found = self._r.sessions.rows.get(session)
        return rows.SignedIn(found, self._r.users.rows[found.user_id]) if found else None

    async def user(self, id: UserId) -> User | None:
        """An account."""
        return self._r.users.rows.get(id)

    async def user_by_email(self, email: str) -> User | None:
        """An account by its address."""
        return await self._r.users.by_email(email)

    async def sessions(self, user: UserId, at: datetime) -> Sequence[Session]:
        """Live sessions, newest first."""
        return await self._r.sessions.live_of(user, at)

    async def professional(self, id: UserId) -> rows.Known | None:
        """A professional with account and trades."""
        professional = self._r.professionals.rows.get(id)
        if professional is None:
            return None
        trades = tuple(_trade_view(self._r.trades.rows[t]) for t in professional.trades)
        return rows.Known(self._r.users.rows[id], professional, trades)

    async def trades(self) -> Sequence[TradeView]:
        """The catalogue, by name."""
        return [_trade_view(t) for t in sorted(self._r.trades, key=lambda t: t.name)]

    async def identities(self, professional: UserId) -> Sequence[KycSubmission]:
        """Newest first."""
        shown = self._r.kyc_submissions.by("professional", professional)
        return sorted(shown, key=lambda k: k.submitted_at, reverse=True)

    async def kyc_in_review(self, page: Page) -> Listed[rows.KycRow]:
        """The newest submission of each that waits, newest first."""
        newest = {k.professional_id: k for k in self._r.kyc_submissions}
        waiting = [
            rows.KycRow(self._r.users.rows[k.professional_id], k)
            for k in newest.values()
            if self._r.professionals.rows[k.professional_id].kyc is KycStatus.IN_REVIEW
        ]
        waiting.sort(key=lambda row: (row.submission.submitted_at, row.user.id), reverse=True)
        return page_of(waiting, page, same)

    async def users(self, role: Role | None, words: str | None, page: Page) -> Listed[User]:
        """Newest first."""
        found = [u for u in self._r.users if role in (None, u.role) and _named(u, words)]
        found.sort(key=lambda u: (u.created_at, u.id), reverse=True)
        return page_of(found, page, same)

    async def user_counts(self) -> Mapping[Role, int]:
        """How many of each role."""
        return Counter(u.role for u in self._r.users)

    async def kyc_counts(self) -> Mapping[KycStatus, int]:
        """How far their proofs got."""
        return Counter(p.kyc for p in self._r.professionals)

    async def leaders(self, limit: int) -> Sequence[rows.LeaderRow]:
        """Most points first."""
        users = self._r.users.rows
        shown = [p for p in self._r.professionals if p.visible(users[p.id])]
        shown.sort(key=lambda p: (-p.points, p.id))
        return [rows.LeaderRow(users[p.id], p, self._done(p.id)) for p in shown[:limit]]

    async def services(
        self, professional: UserId | None, trade: TradeId | None, page: Page
    ) -> Listed[rows.ServiceRow]:
        """Newest first."""
        found = [
            s
            for s in self._r.services
            if s.active
            and trade in (None, s.trade_id)
            and (s.professional_id == professional if professional else self._hireable(s))
        ]
        found.sort(key=lambda s: (s.created_at, s.id), reverse=True)
        return page_of(found, page, self._service_row)

    async def service(self, id: ServiceId) -> rows.ServiceRow | None:
        """One that was not withdrawn."""
        service = self._r.services.rows.get(id)
        return self._service_row(service) if service and service.active else None

    async def notices(self, of: port.NoticeFilter, page: Page) -> Listed[Notice]:
        """Newest first."""
        found = [
            n
            for n in self._r.notices.by("user", of.user)
            if of.read in (None, n.read_at is not None) and of.event in (None, n.event)
        ]
        found.sort(key=lambda n: (n.created_at, n.id), reverse=True)
        return page_of(found, page, same)

    async def notice(self, id: NoticeId) -> Notice | None:
        """One."""
        return self._r.notices.rows.get(id)

    async def notices_since(
        self, users: Collection[UserId], since: datetime, limit: int
    ) -> Sequence[Notice]:
        """Oldest first."""
        of = (n for user in users for n in self._r.notices.by("user", user))
        found = sorted((n for n in of if n.created_at >= since), key=lambda n: (n.created_at, n.id))
        return found[:limit]

    async def unread(self, user: UserId) -> int:
        """How many were not seen."""
        return len(await self._r.notices.unread_of(user))

    async def preferences(self, user: UserId) -> Preferences | None:
        """None for who never said."""
        return self._r.preferences.rows.get(user)

    async def audit(self, page: Page) -> Listed[AuditEntry]:
        """Newest first."""
        found = sorted(self._r.audit, key=lambda a: (a.created_at, a.id), reverse=True)
        return page_of(found, page, same)

    async def regrets(self, outcome: RegretOutcome | None, page: Page) -> Listed[Regret]:
        """Newest first."""
        found = [r for r in self._r.regrets if outcome in (None, r.outcome)]
        found.sort(key=lambda r: (r.created_at, r.id), reverse=True)
        return page_of(found, page, same)

    async def regrets_of(self, email: str) -> Sequence[Regret]:
        """Newest first."""
        found = self._r.regrets.by("email", email)
        return sorted(found, key=lambda r: (r.created_at, r.id), reverse=True)

    def _service_row(self, service: Service) -> rows.ServiceRow:
        return rows.ServiceRow(service, self.worker(service.professional_id))

    def _hireable(self, service: Service) -> bool:
        professional = self._r.professionals.rows[service.professional_id]
        visible = professional.visible(self._r.users.rows[professional.id])
        return visible and professional.takes_instant

    def _done(self, professional: UserId) -> int:
        jobs = self._r.jobs.by("professional", professional)
        return sum(job.status is JobStatus.APPROVED for job in jobs)


def _named(user: User, words: str | None) -> bool:
    return words is None or any(
        words in text.lower() for text in (user.email, f"{user.first_name} {user.last_name}")
    )


def _trade_view(trade: Trade) -> TradeView:
    return TradeView(id=trade.id, name=trade.name, description=trade.description)
