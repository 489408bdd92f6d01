"""What the clock has to look at, in SQL: each question is one partial index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.reading import Reading
from conectar.domain.kernel.ids import CheckoutId, JobId, OfferId, PaymentId, RefundId
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.payment import Verdict
from conectar.domain.payments.refund import OUTSTANDING

OFFER, JOB, CHECKOUT = t.OFFERS.table.c, t.JOBS.table.c, t.CHECKOUTS.table.c
PAYMENT, REFUND = t.PAYMENTS.table.c, t.REFUNDS.table.c


class DueReader(Reading):
    """Due things, oldest first."""

    async def due_offers(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Pending offers whose time is over."""
        pending = t.is_(OFFER.status, OfferStatus.PENDING)
        return await self._due(OFFER.id, OFFER.expires_at, at, limit, pending)

    async def due_jobs(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs at their deadline."""
        return await self._due(JOB.id, JOB.deadline_at, at, limit)

    async def due_checkouts(self, at: datetime, limit: int) -> Sequence[CheckoutId]:
        """Checkouts to ask about."""
        return await self._due(CHECKOUT.id, CHECKOUT.check_at, at, limit)

    async def due_releases(self, at: datetime, limit: int) -> Sequence[PaymentId]:
        """Payments whose release to ask about."""
        ours = t.is_(PAYMENT.verdict, Verdict.FUNDS, Verdict.RETURNS)
        waiting = ~PAYMENT.released
        return await self._due(PAYMENT.id, PAYMENT.ask_release_at, at, limit, ours, waiting)

    async def due_refunds(self, at: datetime, limit: int) -> Sequence[RefundId]:
        """Refunds to take a step further."""
        outstanding = t.is_(REFUND.status, *OUTSTANDING)
        return await self._due(REFUND.id, REFUND.next_at, at, limit, outstanding)

    async def due_offer_reminders(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Offers to speak of."""
        return await self._due(OFFER.id, OFFER.remind_at, at, limit)

    async def due_job_reminders(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs to speak of."""
        return await self._due(JOB.id, JOB.remind_at, at, limit)

    async def _due(
        self,
        id: ColumnElement[Any],
        when: ColumnElement[Any],
        at: datetime,
        limit: int,
        *where: ColumnElement[bool],
    ) -> list[Any]:
        query = select(id).where(when <= at, *where).order_by(when, id).limit(limit)
        return [row[0] for row in await self.rows(query)]
