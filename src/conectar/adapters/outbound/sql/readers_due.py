"""What the clock has to look at, in SQL: each question is one partial index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.reading import LIMIT, Reading
from conectar.domain.kernel.ids import CheckoutId, JobId, OfferId, PaymentId, RefundId
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.payment import Verdict
from conectar.domain.payments.refund import OUTSTANDING


def _due(
    id: ColumnElement[Any], when: ColumnElement[Any], *where: ColumnElement[bool]
) -> Select[Any]:
    due = select(id).where(when <= bindparam("at"), *where)
    return due.order_by(when, id).limit(LIMIT)


OFFER, JOB, CHECKOUT = t.OFFERS.table.c, t.JOBS.table.c, t.CHECKOUTS.table.c
PAYMENT, REFUND = t.PAYMENTS.table.c, t.REFUNDS.table.c
DUE_OFFERS = _due(OFFER.id, OFFER.expires_at, t.is_(OFFER.status, OfferStatus.PENDING))
DUE_JOBS = _due(JOB.id, JOB.deadline_at)
DUE_CHECKOUTS = _due(CHECKOUT.id, CHECKOUT.check_at)
DUE_RELEASES = _due(
    PAYMENT.id,
    PAYMENT.ask_release_at,
    t.is_(PAYMENT.verdict, Verdict.FUNDS, Verdict.RETURNS),
    ~PAYMENT.released,
)
DUE_REFUNDS = _due(REFUND.id, REFUND.next_at, t.is_(REFUND.status, *OUTSTANDING))
OFFER_REMINDERS = _due(OFFER.id, OFFER.remind_at)
JOB_REMINDERS = _due(JOB.id, JOB.remind_at)


class DueReader(Reading):
    """Due things, oldest first."""

    async def due_offers(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Pending offers whose time is over."""
        return await self._due(DUE_OFFERS, at, limit)

    async def due_jobs(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs at their deadline."""
        return await self._due(DUE_JOBS, at, limit)

    async def due_checkouts(self, at: datetime, limit: int) -> Sequence[CheckoutId]:
        """Checkouts to ask about."""
        return await self._due(DUE_CHECKOUTS, at, limit)

    async def due_releases(self, at: datetime, limit: int) -> Sequence[PaymentId]:
        """Payments whose release to ask about."""
        return await self._due(DUE_RELEASES, at, limit)

    async def due_refunds(self, at: datetime, limit: int) -> Sequence[RefundId]:
        """Refunds to take a step further."""
        return await self._due(DUE_REFUNDS, at, limit)

    async def due_offer_reminders(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Offers to speak of."""
        return await self._due(OFFER_REMINDERS, at, limit)

    async def due_job_reminders(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs to speak of."""
        return await self._due(JOB_REMINDERS, at, limit)

    async def _due(self, query: Select[Any], at: datetime, limit: int) -> list[Any]:
        return [row[0] for row in await self.rows(query, at=at, limit=limit)]
