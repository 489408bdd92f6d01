"""Reads about people, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.reading import Reading
from conectar.application.message import Listed, Page
from conectar.application.ports.readers import Known, KycRow, SignedIn
from conectar.application.views.people import TradeView
from conectar.domain.kernel.ids import SessionId, TradeId, UserId
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.session import Session
from conectar.domain.people.user import User

USER, SESSION, PRO, TRADE, KYC = (
    t.USERS.table.c,
    t.SESSIONS.table.c,
    t.PROFESSIONALS.table.c,
    t.TRADES.table.c,
    t.KYC_SUBMISSIONS.table.c,
)


class PeopleReader(Reading):
    """Accounts, professionals, trades."""

    async def signed_in(self, session: SessionId) -> SignedIn | None:
        """A session with its account."""
        query = (
            select(t.SESSIONS.table, t.USERS.table)
            .join(t.USERS.table, USER.id == SESSION.user_id)
            .where(SESSION.id == session)
        )
        row = await self.row(query)
        if row is None:
            return None
        width = t.SESSIONS.width
        return SignedIn(t.SESSIONS.read(row[:width]), t.USERS.read(row[width:]))

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
        query = (
            select(t.PROFESSIONALS.table, t.USERS.table)
            .join(t.USERS.table, USER.id == PRO.id)
            .where(PRO.id == id)
        )
        row = await self.row(query)
        if row is None:
            return None
        width = t.PROFESSIONALS.width
        professional = t.PROFESSIONALS.read(row[:width])
        named = await self._trades(professional.trades)
        trades = tuple(named[trade] for trade in professional.trades)
        return Known(t.USERS.read(row[width:]), professional, trades)

    async def trades(self) -> Sequence[TradeView]:
        """The catalogue, by name."""
        return sorted((await self._trades(None)).values(), key=lambda trade: trade.name)

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

    async def _trades(self, ids: tuple[TradeId, ...] | None) -> dict[TradeId, TradeView]:
        query = select(TRADE.id, TRADE.name, TRADE.description)
        if ids is not None:
            query = query.where(TRADE.id.in_(ids))
        return {
            id: TradeView(id=id, name=name, description=description)
            for id, name, description in await self.rows(query)
        }


def _kyc_row(row: Row[Any]) -> KycRow:
    user, submission = t.USERS.width, t.USERS.width + t.KYC_SUBMISSIONS.width
    return KycRow(t.USERS.read(row[:user]), t.KYC_SUBMISSIONS.read(row[user:submission]))
