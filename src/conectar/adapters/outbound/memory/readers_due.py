"""What the clock has to look at, in memory."""

from collections.abc import Sequence
from datetime import datetime

from conectar.adapters.outbound.memory.reading import Reading, due
from conectar.domain.kernel.ids import CheckoutId, JobId, OfferId, PaymentId, RefundId
from conectar.domain.payments.payment import Verdict
from conectar.domain.payments.refund import OUTSTANDING


class DueReader(Reading):
    """Due things, oldest first."""

    async def due_offers(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Pending offers whose time is over."""
        pending = self._r.offers.by("pending", True)
        return due(((o.expires_at, o.id) for o in pending), at, limit)

    async def due_jobs(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs at their deadline."""
        return due(((j.deadline_at, j.id) for j in self._r.jobs.by("due", True)), at, limit)

    async def due_checkouts(self, at: datetime, limit: int) -> Sequence[CheckoutId]:
        """Checkouts to ask about."""
        return due(((c.check_at, c.id) for c in self._r.checkouts.by("due", True)), at, limit)

    async def due_releases(self, at: datetime, limit: int) -> Sequence[PaymentId]:
        """Payments whose release to ask about."""
        kept = (Verdict.FUNDS, Verdict.RETURNS)
        ours = (p for p in self._r.payments.by("due", True) if p.verdict in kept and not p.released)
        return due(((p.ask_release_at, p.id) for p in ours), at, limit)

    async def due_refunds(self, at: datetime, limit: int) -> Sequence[RefundId]:
        """Refunds to take a step further."""
        waiting = (r for r in self._r.refunds.by("due", True) if r.status in OUTSTANDING)
        return due(((r.next_at, r.id) for r in waiting), at, limit)

    async def due_offer_reminders(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Offers to speak of."""
        waiting = self._r.offers.by("reminding", True)
        return due(((o.remind_at, o.id) for o in waiting), at, limit)

    async def due_job_reminders(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs to speak of."""
        waiting = self._r.jobs.by("reminding", True)
        return due(((j.remind_at, j.id) for j in waiting), at, limit)
