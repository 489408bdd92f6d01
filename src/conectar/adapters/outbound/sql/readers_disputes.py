"""Reads about disputes and reviews, in SQL."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import FromClause, Select, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.connection import Row
from conectar.adapters.outbound.sql.readers_work import (
    CLIENT,
    JOB,
    PARTIES,
    WORKER,
    Whose,
    asked,
    client_view,
    meeting,
    whose,
)
from conectar.adapters.outbound.sql.reading import Reading, dressed
from conectar.application.message import Listed, Page
from conectar.application.ports.readers import PartyFilter
from conectar.application.ports.rows import (
    DisputeRow,
    ReviewRow,
)
from conectar.domain.jobs.dispute import DisputeMessage, Evidence
from conectar.domain.jobs.lifecycle import DisputeStatus
from conectar.domain.kernel.ids import DisputeId, UserId

DISPUTE, MESSAGE, FILE = t.DISPUTES.table.c, t.DISPUTE_MESSAGES.table.c, t.EVIDENCE.table.c
REVIEW = t.REVIEWS.table.c


class DisputeReader(Reading):
    """Disputes with what was said and shown in them; reviews."""

    async def dispute(self, id: DisputeId) -> DisputeRow | None:
        """With its files."""
        rows = await self.rows(_with_job(t.DISPUTES.table).where(DISPUTE.id == id))
        return next(iter(_dispute_rows(rows)), None)

    async def disputes(
        self, of: PartyFilter, status: DisputeStatus | None, page: Page
    ) -> Listed[DisputeRow]:
        """Newest first."""
        query = _dispute_list(whose(of), status is not None)
        rows, length = await self.cut(query, page, **asked(of, status))
        return Listed(tuple(_dispute_rows(rows)), length)

    async def dispute_messages(self, id: DisputeId, page: Page) -> Listed[DisputeMessage]:
        """Newest first."""
        query = select(t.DISPUTE_MESSAGES.table).where(MESSAGE.dispute_id == id)
        return await self.page(query, (MESSAGE.id,), page, t.DISPUTE_MESSAGES.read)

    async def messages_by(self, author: UserId) -> Sequence[DisputeMessage]:
        """Newest first."""
        newest = (MESSAGE.created_at, MESSAGE.id)
        return await self.all(t.DISPUTE_MESSAGES, MESSAGE.author_id == author, newest=newest)

    async def evidence_by(self, person: UserId) -> Sequence[Evidence]:
        """Newest first."""
        newest = (FILE.created_at, FILE.id)
        return await self.all(t.EVIDENCE, FILE.uploaded_by == person, newest=newest)

    async def reviews(self, professional: UserId, page: Page) -> Listed[ReviewRow]:
        """Newest first."""
        query = _reviews().where(REVIEW.professional_id == professional)
        return await self.page(query, (REVIEW.created_at, REVIEW.id), page, _review_row)

    async def reviews_by(self, client: UserId) -> Sequence[ReviewRow]:
        """Newest first."""
        query = _reviews().where(REVIEW.client_id == client)
        newest = query.order_by(REVIEW.created_at.desc(), REVIEW.id.desc())
        return [_review_row(row) for row in await self.rows(newest)]


@cache
def _dispute_list(who: Whose, by_status: bool) -> Select[Any]:
    met = meeting(JOB, Whose.EVERYBODYS, DISPUTE.status if by_status else None)
    if who is not Whose.EVERYBODYS:
        met.append(DISPUTE.job_id.in_(select(JOB.id).where(*meeting(JOB, who, None))))
    return dressed(t.DISPUTES.table, met, (DISPUTE.created_at, DISPUTE.id), _with_job)


def _with_job(of: FromClause) -> Select[Any]:
    """`of`: the disputes, or some of them; a row for each of their files, or one for none."""
    return (
        select(of, t.JOBS.table, WORKER.c.banned_by, t.EVIDENCE.table)
        .join(t.JOBS.table, JOB.id == of.c.job_id)
        .join(WORKER, WORKER.c.id == JOB.professional_id)
        .outerjoin(t.EVIDENCE.table, FILE.dispute_id == of.c.id)
    )


def _dispute_rows(rows: Sequence[Row]) -> Iterator[DisputeRow]:
    for _, of_one in groupby(rows, key=itemgetter(0)):
        yield _dispute_row(list(of_one))


def _dispute_row(rows: Sequence[Row]) -> DisputeRow:
    dispute, job = t.DISPUTES.width, t.DISPUTES.width + t.JOBS.width
    files = [file for row in rows if (file := t.EVIDENCE.read_any(row[job + 1 :]))]
    row = rows[0]
    return DisputeRow(
        t.DISPUTES.read(row[:dispute]),
        t.JOBS.read(row[dispute:job]),
        row[job] is not None,
        tuple(sorted(files, key=attrgetter("id"))),
    )


def _reviews() -> Select[Any]:
    return select(t.REVIEWS.table, *PARTIES[:3]).join(CLIENT, CLIENT.c.id == REVIEW.client_id)


def _review_row(row: Row) -> ReviewRow:
    width = t.REVIEWS.width
    return ReviewRow(t.REVIEWS.read(row), client_view(row[width : width + 3]))
