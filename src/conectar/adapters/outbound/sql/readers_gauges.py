"""Figures of the whole house, in SQL: two statements, the second over the whole ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.dialect import total
from conectar.adapters.outbound.sql.reading import Reading
from conectar.adapters.outbound.sql.tables import DELIVERIES, ENTRIES, OUTBOX
from conectar.adapters.vocabulary.codes import code
from conectar.application.ports.gauges import ACTIVE, Gauges, age
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.payments.ledger import SUSPENSE
from conectar.domain.payments.refund import RefundStatus

SESSION, JOB = t.SESSIONS.table.c, t.JOBS.table.c
PAYMENT, REFUND = t.PAYMENTS.table.c, t.REFUNDS.table.c


class GaugeReader(Reading):
    """All of them at one moment."""

    async def gauges(self, at: datetime) -> Gauges:
        """Counted by the database."""
        counts = await self.row(select(*_counts(at)))
        of_suspense = case((ENTRIES.c.account == code(SUSPENSE.kind), ENTRIES.c.cents), else_=0)
        sums = await self.row(select(total(of_suspense), total(ENTRIES.c.cents)))
        assert counts is not None and sums is not None
        people, jobs, delivery, dead, unknown, refund, manual, flagged = counts
        return Gauges(
            active_users=people,
            jobs_in_progress=jobs,
            oldest_delivery_seconds=age(delivery, at),
            dead_deliveries=dead,
            unknown_refunds=unknown,
            oldest_unknown_refund_seconds=age(refund, at),
            manual_refunds=manual,
            flagged_payments=flagged,
            suspense_cents=SUSPENSE.balance(sums[0] or 0).cents,
            ledger_cents=sums[1] or 0,
        )


def _counts(at: datetime) -> list[ScalarSelect[Any]]:
    live = (
        SESSION.ended_at.is_(None),
        SESSION.expires_at > at,
        SESSION.last_used_at >= at - ACTIVE,
    )
    unsettled = DELIVERIES.c.settled_at.is_(None)
    oldest = (
        select(func.min(OUTBOX.c.at))
        .join(DELIVERIES, DELIVERIES.c.event_id == OUTBOX.c.id)
        .where(DELIVERIES.c.next_at.is_not(None), unsettled)
    )
    unknown = t.is_(REFUND.status, RefundStatus.UNKNOWN)
    return [
        _count(SESSION.user_id.distinct(), *live),
        _count(JOB.id, t.is_(JOB.status, JobStatus.IN_PROGRESS)),
        oldest.scalar_subquery(),
        _count(DELIVERIES.c.event_id, unsettled, DELIVERIES.c.next_at.is_(None)),
        _count(REFUND.id, unknown),
        select(func.min(REFUND.created_at)).where(unknown).scalar_subquery(),
        _count(REFUND.id, t.is_(REFUND.status, RefundStatus.MANUAL)),
        _count(PAYMENT.id, PAYMENT.flag.is_not(None)),
    ]


def _count(of: ColumnElement[Any], *where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(func.count(of)).where(*where).scalar_subquery()
