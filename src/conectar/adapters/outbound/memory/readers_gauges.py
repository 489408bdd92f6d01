"""Figures of the whole house, in memory."""

from datetime import datetime

from conectar.adapters.outbound.memory.reading import Reading
from conectar.application.ports.gauges import ACTIVE, Gauges, age
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.payments.ledger import SUSPENSE
from conectar.domain.payments.refund import RefundStatus


class GaugeReader(Reading):
    """All of them at one moment."""

    async def gauges(self, at: datetime) -> Gauges:
        """Counted one by one."""
        sessions = (s for s in self._r.sessions if s.live(at) and s.last_used_at >= at - ACTIVE)
        waiting = self._outbox.waiting.values()
        pending = (self._outbox.events[d.event_id].event.at for d in waiting if d.next_at)
        unknown = [r.created_at for r in self._r.refunds if r.status is RefundStatus.UNKNOWN]
        posted = self._ledger.posted_refs.values()
        entries = [entry for transaction in posted for entry in transaction.entries]
        parked = sum(entry.cents for entry in entries if entry.account.kind is SUSPENSE.kind)
        return Gauges(
            active_users=len({s.user_id for s in sessions}),
            jobs_in_progress=sum(j.status is JobStatus.IN_PROGRESS for j in self._r.jobs),
            oldest_delivery_seconds=age(min(pending, default=None), at),
            dead_deliveries=sum(d.next_at is None for d in waiting),
            unknown_refunds=len(unknown),
            oldest_unknown_refund_seconds=age(min(unknown, default=None), at),
            manual_refunds=sum(r.status is RefundStatus.MANUAL for r in self._r.refunds),
            flagged_payments=sum(p.flag is not None for p in self._r.payments),
            suspense_cents=SUSPENSE.balance(parked).cents,
            ledger_cents=sum(entry.cents for entry in entries),
        )
