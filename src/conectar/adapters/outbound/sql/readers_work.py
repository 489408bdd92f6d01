"""Reads about offers, jobs and timelines, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.reading import Reading
from conectar.adapters.vocabulary.codes import code, values
from conectar.application.message import Listed, Page
from conectar.application.ports.readers import HeldRefund, JobRow, OfferRow, PartyFilter
from conectar.application.views.work import (
    ClientPartyView,
    ProfessionalPartyView,
    StepView,
)
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import JobId, OfferId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.refund import RefundOrigin, RefundStatus

OFFER, JOB, STEP = t.OFFERS.table.c, t.JOBS.table.c, t.TIMELINE.c
CLIENT, WORKER = t.USERS.table.alias("client"), t.USERS.table.alias("worker")
PRO = t.PROFESSIONALS.table.c
PARTIES = (
    CLIENT.c.id,
    CLIENT.c.first_name,
    CLIENT.c.last_name,
    WORKER.c.id,
    WORKER.c.first_name,
    WORKER.c.last_name,
    PRO.rating_sum,
    PRO.reviews,
)
HELD = t.REFUNDS.table.c
REFUND = (HELD.amount, HELD.status, HELD.created_at)
REFUND_STATUS, ESCROW, ROLE = values(RefundStatus), values(EscrowStatus), values(Role)


class WorkReader(Reading):
    """Offers, jobs, timelines."""

    async def offer(self, id: OfferId) -> OfferRow | None:
        """An offer with its parties."""
        row = await self.row(_offers().where(OFFER.id == id))
        return _offer_row(row) if row else None

    async def offers(
        self, of: PartyFilter, status: OfferStatus | None, page: Page
    ) -> Listed[OfferRow]:
        """Newest first."""
        query = _offers().where(*_whose(OFFER, of))
        if status:
            query = query.where(OFFER.status == code(status))
        return await self.page(query, (OFFER.created_at, OFFER.id), page, _offer_row)

    async def job(self, id: JobId) -> JobRow | None:
        """A job with its parties."""
        row = await self.row(_jobs().where(JOB.id == id))
        return _job_row(row) if row else None

    async def jobs(self, of: PartyFilter, status: JobStatus | None, page: Page) -> Listed[JobRow]:
        """Newest first."""
        query = _jobs().where(*_whose(JOB, of))
        if status:
            query = query.where(JOB.status == code(status))
        return await self.page(query, (JOB.accepted_at, JOB.id), page, _job_row)

    async def timeline(
        self, subject: OfferId | JobId, status: type[OfferStatus] | type[JobStatus]
    ) -> Sequence[StepView]:
        """Oldest first."""
        columns = (STEP.before, STEP.status, STEP.escrow, STEP.actor, STEP.actor_role)
        query = (
            select(*columns, STEP.reason, STEP.at)
            .where(STEP.subject_id == subject)
            .order_by(STEP.version)
        )
        words: dict[str, Any] = dict(values(status))
        return [
            StepView(
                status_before=words[before] if before else None,
                status=words[now],
                escrow=ESCROW[escrow] if escrow else None,
                actor=actor,
                actor_role=ROLE[role],
                reason=reason,
                at=at,
            )
            for before, now, escrow, actor, role, reason, at in await self.rows(query)
        ]


def _offers() -> Select[Any]:
    return _with_parties(select(t.OFFERS.table, *PARTIES), t.OFFERS.table.c)


def _jobs() -> Select[Any]:
    newest = (
        select(HELD.id)
        .where(HELD.job_id == JOB.id, t.is_(HELD.origin, RefundOrigin.ESCROW))
        .order_by(HELD.id.desc())
        .limit(1)
        .correlate(t.JOBS.table)
        .scalar_subquery()
    )
    query = _with_parties(select(t.JOBS.table, *PARTIES, *REFUND), t.JOBS.table.c)
    return query.outerjoin(t.REFUNDS.table, HELD.id == newest)


def _with_parties(query: Select[Any], of: Any) -> Select[Any]:
    return (
        query.join(CLIENT, CLIENT.c.id == of.client_id)
        .join(WORKER, WORKER.c.id == of.professional_id)
        .join(t.PROFESSIONALS.table, PRO.id == of.professional_id)
    )


def _whose(of: Any, who: PartyFilter) -> list[ColumnElement[bool]]:
    if who.party is None:
        return []
    if who.as_professional_only:
        return [of.professional_id == who.party]
    return [or_(of.client_id == who.party, of.professional_id == who.party)]


def _parties(row: Sequence[Any]) -> tuple[ClientPartyView, ProfessionalPartyView]:
    client, name, surname, worker, first, last, rating, reviews = row
    return (
        ClientPartyView(id=client, first_name=name, last_name=surname, avatar_url=None),
        ProfessionalPartyView(
            id=worker,
            first_name=first,
            last_name=last,
            avatar_url=None,
            rating_average=round(rating / reviews, 2) if reviews else None,
        ),
    )


def _offer_row(row: Row[Any]) -> OfferRow:
    width = t.OFFERS.width
    return OfferRow(t.OFFERS.read(row[:width]), *_parties(row[width : width + len(PARTIES)]))


def _job_row(row: Row[Any]) -> JobRow:
    width = t.JOBS.width
    parties, refund = width + len(PARTIES), width + len(PARTIES) + len(REFUND)
    job = t.JOBS.read(row[:width])
    return JobRow(job, *_parties(row[width:parties]), _refund(row[parties:refund]))


def _refund(cells: Sequence[Any]) -> HeldRefund | None:
    amount, status, created_at = cells
    return None if amount is None else HeldRefund(Money(amount), REFUND_STATUS[status], created_at)
