"""The repositories of money, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.dialect import lock
from conectar.adapters.outbound.sql.repositories import Repository
from conectar.domain.kernel.ids import JobId, PaymentId, UserId
from conectar.domain.payments.checkout import Checkout, CheckoutStatus
from conectar.domain.payments.movement import Movement
from conectar.domain.payments.payment import WAITING, Payment, Verdict
from conectar.domain.payments.payout import Payout, PayoutStatus
from conectar.domain.payments.proposal import Proposal
from conectar.domain.payments.refund import Refund


class Checkouts(Repository[Checkout, UUID]):
    """Our intents that a job be paid."""

    async def open_of(self, job: JobId) -> Checkout | None:
        """The one that may still be paid."""
        c = self._table.c
        return await self._one(c.job_id == job, t.is_(c.status, CheckoutStatus.OPEN))


class Payments(Repository[Payment, PaymentId]):
    """Payments at the gateway."""

    async def funding(self, job: JobId) -> Payment | None:
        """The one whose money is held for a job."""
        c = self._table.c
        return await self._one(c.job_id == job, t.is_(c.verdict, Verdict.FUNDS))

    async def pending_of(self, job: JobId) -> bool:
        """Whether the gateway still waits for one."""
        c = self._table.c
        return bool(await self._all(self._select(c.job_id == job, t.is_(c.status, *WAITING))))


class Refunds(Repository[Refund, UUID]):
    """Intents to give money back."""

    async def of_payment(self, payment: PaymentId) -> Sequence[Refund]:
        """All of one payment, oldest first."""
        c = self._table.c
        return await self._all(self._select(c.payment_id == payment).order_by(c.id))


class Movements(Repository[Movement, UUID]):
    """Movements; each is found by the fact it tells."""

    async def of_fact(self, source_ref: str) -> Movement | None:
        """The movement of a fact."""
        return await self._one(self._table.c.source_ref == source_ref)


class Payouts(Repository[Payout, UUID]):
    """Money on its way to professionals."""

    async def unsent_of(self, professional: UserId) -> Sequence[Payout]:
        """Those asked for that no bank file has, oldest first."""
        c = self._table.c
        requested = t.is_(c.status, PayoutStatus.REQUESTED)
        mine = self._select(c.professional_id == professional, requested)
        return await self._all(mine.order_by(c.id))

    async def exportable(self, at: datetime, limit: int) -> Sequence[Payout]:
        """Those that may go into a bank file, oldest first."""
        c, user = self._table.c, t.USERS.table.c
        ready = (
            select(self._table)
            .join(t.USERS.table, user.id == c.professional_id)
            .where(t.is_(c.status, PayoutStatus.REQUESTED), c.not_before <= at)
            .where(user.banned_by.is_(None))
        )
        return await self._all(lock(ready.order_by(c.id).limit(limit), self._table))


class Proposals(Repository[Proposal, UUID]):
    """What waits for a second administrator."""

    async def standing_for(self, subject: str) -> Proposal | None:
        """The one that may be confirmed."""
        c = self._table.c
        return await self._one(c.subject == subject, c.standing)
