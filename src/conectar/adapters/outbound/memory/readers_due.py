"""What the clock has to look at, in memory."""

from collections.abc import Sequence
from datetime import datetime

from conectar.adapters.outbound.memory.reading import Reading, due
from conectar.domain.kernel.ids import CheckoutId, JobId, OfferId, PaymentId, RefundId
from conectar.domain.payments.payment import POSTED
from conectar.domain.payments.refund import OUTSTANDING


class DueReader(Reading):
    """Due things, oldest first."""

    async def due_offers(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Pending offers whose time is over."""
        pending = self._r.offers.by("pending", True)
        return due(pending, "expires_at", at, limit)

    async def due_jobs(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs at their deadline."""
        return due(self._r.jobs.by("due", True), "deadline_at", at, limit)

    async def due_checkouts(self, at: datetime, limit: int) -> Sequence[CheckoutId]:
        """Checkouts to ask about."""
        return due(self._r.checkouts.by("due", True), "check_at", at, limit)

    async def due_releases(self, at: datetime, limit: int) -> Sequence[PaymentId]:
        """Payments whose release to ask about."""
        waiting = self._r.payments.by("due", True)
        ours = (p for p in waiting if p.verdict in POSTED and not p.released)
        return due(ours, "ask_release_at", at, limit)

    async def due_refunds(self, at: datetime, limit: int) -> Sequence[RefundId]:
        """Refunds to take a step further."""
        waiting = (r for r in self._r.refunds.by("due", True) if r.status in OUTSTANDING)
        return due(waiting, "next_at", at, limit)

    async def due_offer_reminders(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Offers to speak of."""
        waiting = self._r.offers.by("reminding", True)
        return due(waiting, "remind_at", at, limit)

    async def due_job_reminders(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs to speak of."""
        waiting = self._r.jobs.by("reminding", True)
        return due(waiting, "remind_at", at, limit)
