"""Reads about people, in SQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, or_, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.connection import Row
from conectar.adapters.outbound.sql.readers_work import worker_view
from conectar.adapters.outbound.sql.reading import Reading
from conectar.adapters.vocabulary.codes import code, values
from conectar.application.message import Listed, Page
from conectar.application.ports.readers import NoticeFilter
from conectar.application.ports.rows import Known, KycRow, LeaderRow, ServiceRow, SignedIn
from conectar.application.views.people import TradeView
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import NoticeId, ServiceId, SessionId, TradeId, UserId
from conectar.domain.notices.notice import Notice, Preferences
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import KycStatus, KycSubmission
from conectar.domain.people.regret import Regret, RegretOutcome
from conectar.domain.people.session import Session
from conectar.domain.people.user import User

USER, SESSION, PRO, TRADE, KYC = (
    t.USERS.table.c,
    t.SESSIONS.table.c,
    t.PROFESSIONALS.table.c,
    t.TRADES.table.c,
    t.KYC_SUBMISSIONS.table.c,
)
JOB, SERVICE, NOTICE, REGRET = (
    t.JOBS.table.c,
    t.SERVICES.table.c,
    t.NOTICES.table.c,
    t.REGRETS.table.c,
)
WORKER = (USER.id, USER.first_name, USER.last_name, PRO.rating_sum, PRO.reviews)
VISIBLE = (USER.active, t.is_(PRO.kyc, KycStatus.APPROVED))


class PeopleReader(Reading):
    """Accounts, professionals, trades, notices, what administrators see of people."""

    async def signed_in(self, session: SessionId) -> SignedIn | None:
        """A session with its account."""
        row = await self.row(_signed_in(), session=session)
        if row is None:
            return None
        return SignedIn(t.SESSIONS.read(row), t.USERS.read(row[t.SESSIONS.width :]))

    async def user(self, id: UserId) -> User | None:
        """An account."""
        return await self.one(t.USERS, USER.id == id)

    async def user_by_email(self, email: str) -> User | None:
        """An account by its address."""
        return await self.one(t.USERS, USER.email == email)

    async def sessions(self, user: UserId, at: datetime) -> Sequence[Session]:
        """Live sessions, newest first."""
        query = (
            select(t.SESSIONS.table)
            .where(SESSION.user_id == user, SESSION.ended_at.is_(None), SESSION.expires_at > at)
            .order_by(SESSION.created_at.desc(), SESSION.id.desc())
        )
        return [t.SESSIONS.read(row) for row in await self.rows(query)]

    async def professional(self, id: UserId) -> Known | None:
        """A professional with account and trades."""
        row = await self.row(_known(), id_=id)
        if row is None:
            return None
        professional = t.PROFESSIONALS.read(row)
        named = await self._trades(professional.trades)
        trades = tuple(named[trade] for trade in professional.trades)
        return Known(t.USERS.read(row[t.PROFESSIONALS.width :]), professional, trades)

    async def trades(self) -> Sequence[TradeView]:
        """The catalogue, by name."""
        return sorted((await self._trades(None)).values(), key=lambda trade: trade.name)

    async def identities(self, professional: UserId) -> Sequence[KycSubmission]:
        """Newest first."""
        his = KYC.professional_id == professional
        return await self.all(t.KYC_SUBMISSIONS, his, newest=(KYC.submitted_at,))

    async def kyc_in_review(self, page: Page) -> Listed[KycRow]:
        """The newest submission of each that waits, newest first."""
        newest = (
            select(KYC.professional_id, func.max(KYC.submitted_at).label("at"))
            .group_by(KYC.professional_id)
            .subquery()
        )
        in_review = t.is_(PRO.kyc, KycStatus.IN_REVIEW)
        query = (
            select(t.USERS.table, t.KYC_SUBMISSIONS.table)
            .join(t.KYC_SUBMISSIONS.table, KYC.professional_id == USER.id)
            .join(t.PROFESSIONALS.table, PRO.id == USER.id)
            .join(newest, newest.c[0] == KYC.professional_id)
            .where(in_review, KYC.submitted_at == newest.c.at)
        )
        return await self.page(query, (KYC.submitted_at, USER.id), page, _kyc_row)

    async def users(self, role: Role | None, words: str | None, page: Page) -> Listed[User]:
        """Newest first."""
        query = select(t.USERS.table)
        if role:
            query = query.where(USER.role == code(role))
        if words is not None:
            named = USER.first_name + " " + USER.last_name
            query = query.where(
                or_(
                    *(
                        func.lower(text).contains(words, autoescape=True)
                        for text in (USER.email, named)
                    )
                )
            )
        return await self.page(query, (USER.created_at, USER.id), page, t.USERS.read)

    async def user_counts(self) -> Mapping[Role, int]:
        """How many of each role."""
        counted = await self.rows(select(USER.role, func.count()).group_by(USER.role))
        words = values(Role)
        return {words[role]: many for role, many in counted}

    async def kyc_counts(self) -> Mapping[KycStatus, int]:
        """How far their proofs got."""
        counted = await self.rows(select(PRO.kyc, func.count()).group_by(PRO.kyc))
        words = values(KycStatus)
        return {words[kyc]: many for kyc, many in counted}

    async def leaders(self, limit: int) -> Sequence[LeaderRow]:
        """Most points first."""
        done = (
            select(func.count())
            .select_from(t.JOBS.table)
            .where(JOB.professional_id == PRO.id, t.is_(JOB.status, JobStatus.APPROVED))
            .correlate(t.PROFESSIONALS.table)
            .scalar_subquery()
        )
        query = (
            select(t.USERS.table, t.PROFESSIONALS.table, done)
            .join(t.PROFESSIONALS.table, PRO.id == USER.id)
            .where(*VISIBLE)
            .order_by(PRO.points.desc(), PRO.id)
            .limit(limit)
        )
        user, pro = t.USERS.width, t.USERS.width + t.PROFESSIONALS.width
        return [
            LeaderRow(t.USERS.read(row[:user]), t.PROFESSIONALS.read(row[user:pro]), row[pro])
            for row in await self.rows(query)
        ]

    async def services(
        self, professional: UserId | None, trade: TradeId | None, page: Page
    ) -> Listed[ServiceRow]:
        """Newest first."""
        query = _services()
        if trade:
            query = query.where(SERVICE.trade_id == trade)
        if professional:
            query = query.where(SERVICE.professional_id == professional)
        else:
            query = query.where(*VISIBLE, PRO.takes_instant)
        return await self.page(query, (SERVICE.created_at, SERVICE.id), page, _service_row)

    async def service(self, id: ServiceId) -> ServiceRow | None:
        """One that was not withdrawn."""
        row = await self.row(_services().where(SERVICE.id == id))
        return _service_row(row) if row else None

    async def notices(self, of: NoticeFilter, page: Page) -> Listed[Notice]:
        """Newest first."""
        query = select(t.NOTICES.table).where(NOTICE.user_id == of.user)
        if of.read is not None:
            seen = NOTICE.read_at.is_not(None)
            query = query.where(seen if of.read else ~seen)
        if of.event is not None:
            query = query.where(NOTICE.event == of.event)
        return await self.page(query, (NOTICE.created_at, NOTICE.id), page, t.NOTICES.read)

    async def notice(self, id: NoticeId) -> Notice | None:
        """One."""
        return await self.one(t.NOTICES, NOTICE.id == id)

    async def notices_since(
        self, users: Collection[UserId], since: datetime, limit: int
    ) -> Sequence[Notice]:
        """Oldest first."""
        rows = await self.rows(_notices_since(), users=list(users), since=since, most=limit)
        return [t.NOTICES.read(row) for row in rows]

    async def unread(self, user: UserId) -> int:
        """How many were not seen."""
        query = select(func.count()).where(NOTICE.user_id == user, NOTICE.read_at.is_(None))
        return int(await self.scalar(query))

    async def preferences(self, user: UserId) -> Preferences | None:
        """None for who never said."""
        return await self.one(t.PREFERENCES, t.PREFERENCES.table.c.user_id == user)

    async def audit(self, page: Page) -> Listed[AuditEntry]:
        """Newest first."""
        order = (t.AUDIT.table.c.created_at, t.AUDIT.table.c.id)
        return await self.page(select(t.AUDIT.table), order, page, t.AUDIT.read)

    async def regrets(self, outcome: RegretOutcome | None, page: Page) -> Listed[Regret]:
        """Newest first."""
        query = select(t.REGRETS.table)
        if outcome:
            query = query.where(REGRET.outcome == code(outcome))
        return await self.page(query, (REGRET.created_at, REGRET.id), page, t.REGRETS.read)

    async def regrets_of(self, email: str) -> Sequence[Regret]:
        """Newest first."""
        newest = (REGRET.created_at, REGRET.id)
        return await self.all(t.REGRETS, REGRET.email == email, newest=newest)

    async def _trades(self, ids: tuple[TradeId, ...] | None) -> dict[TradeId, TradeView]:
        query = select(TRADE.id, TRADE.name, TRADE.description)
        if ids is not None:
            query = query.where(TRADE.id.in_(ids))
        return {
            id: TradeView(id=id, name=name, description=description)
            for id, name, description in await self.rows(query)
        }


@cache
def _notices_since() -> Select[Any]:
    users = NOTICE.user_id.in_(bindparam("users", expanding=True))
    query = select(t.NOTICES.table).where(users, NOTICE.created_at >= bindparam("since"))
    return query.order_by(NOTICE.created_at, NOTICE.id).limit(bindparam("most", type_=Integer()))


@cache
def _signed_in() -> Select[Any]:
    query = select(t.SESSIONS.table, t.USERS.table)
    joined = query.join(t.USERS.table, USER.id == SESSION.user_id)
    return joined.where(SESSION.id == bindparam("session"))


@cache
def _known() -> Select[Any]:
    query = select(t.PROFESSIONALS.table, t.USERS.table)
    return query.join(t.USERS.table, USER.id == PRO.id).where(PRO.id == bindparam("id_"))


def _services() -> Select[Any]:
    return (
        select(t.SERVICES.table, *WORKER)
        .join(t.PROFESSIONALS.table, PRO.id == SERVICE.professional_id)
        .join(t.USERS.table, USER.id == SERVICE.professional_id)
        .where(SERVICE.active)
    )


def _service_row(row: Row) -> ServiceRow:
    width = t.SERVICES.width
    return ServiceRow(t.SERVICES.read(row[:width]), worker_view(row[width : width + len(WORKER)]))


def _kyc_row(row: Row) -> KycRow:
    user, submission = t.USERS.width, t.USERS.width + t.KYC_SUBMISSIONS.width
    return KycRow(t.USERS.read(row[:user]), t.KYC_SUBMISSIONS.read(row[user:submission]))
