"""Reads about disputes and reviews, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Select,
    select,
)

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.connection import Row
from conectar.adapters.outbound.sql.readers_work import (
    CLIENT,
    JOB,
    PARTIES,
    WORKER,
    asked,
    client_view,
    meeting,
    whose,
)
from conectar.adapters.outbound.sql.reading import Reading, paged
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
        row = await self.row(_disputes().where(DISPUTE.id == id))
        if row is None:
            return None
        (found,) = await self._with_files([_dispute_row(row)])
        return found

    async def disputes(
        self, of: PartyFilter, status: DisputeStatus | None, page: Page
    ) -> Listed[DisputeRow]:
        """Newest first."""
        query = _disputes().where(*meeting(JOB, whose(of), DISPUTE.status if status else None))
        listed = paged(query, (DISPUTE.created_at, DISPUTE.id))
        found = await self.listed(listed, page, _dispute_row, **asked(of, status))
        return Listed(await self._with_files(found.items), found.total)

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

    async def _with_files(self, rows: Sequence[DisputeRow]) -> tuple[DisputeRow, ...]:
        """The same rows with their files, which one statement finds for all of them."""
        if not rows:
            return ()
        ids = [row.dispute.id for row in rows]
        query = select(t.EVIDENCE.table).where(FILE.dispute_id.in_(ids)).order_by(FILE.id)
        files: dict[DisputeId, list[Evidence]] = {id: [] for id in ids}
        for cells in await self.rows(query):
            file = t.EVIDENCE.read(cells)
            files[file.dispute_id].append(file)
        return tuple(row._replace(evidence=tuple(files[row.dispute.id])) for row in rows)


def _disputes() -> Select[Any]:
    return (
        select(t.DISPUTES.table, t.JOBS.table, WORKER.c.banned_by)
        .join(t.JOBS.table, JOB.id == DISPUTE.job_id)
        .join(WORKER, WORKER.c.id == JOB.professional_id)
    )


def _dispute_row(row: Row) -> DisputeRow:
    dispute, job = t.DISPUTES.width, t.DISPUTES.width + t.JOBS.width
    return DisputeRow(
        t.DISPUTES.read(row[:dispute]), t.JOBS.read(row[dispute:job]), row[job] is not None, ()
    )


def _reviews() -> Select[Any]:
    return select(t.REVIEWS.table, *PARTIES[:3]).join(CLIENT, CLIENT.c.id == REVIEW.client_id)


def _review_row(row: Row) -> ReviewRow:
    width = t.REVIEWS.width
    return ReviewRow(t.REVIEWS.read(row), client_view(row[width : width + 3]))
