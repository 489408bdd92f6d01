"""Reads about money, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, or_, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.reading import Reading
from conectar.adapters.vocabulary.codes import code, values
from conectar.application.message import Listed, Page
from conectar.application.ports.readers import AccountSum, MovementFilter, Parked
from conectar.domain.kernel.ids import CheckoutId, JobId, PaymentId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.ledger import PER_OWNER, AccountKind, normal_side
from conectar.domain.payments.movement import Movement, MovementKind
from conectar.domain.payments.payment import Payment, Verdict
from conectar.domain.payments.refund import Refund, RefundStatus

MOVEMENT, PAYMENT, REFUND = t.MOVEMENTS.table.c, t.PAYMENTS.table.c, t.REFUNDS.table.c
CHECKOUT, ENTRY, BALANCE = t.CHECKOUTS.table.c, t.ENTRIES.c, t.BALANCES.c


class MoneyReader(Reading):
    """Movements, balances, intents."""

    async def movements(self, of: MovementFilter, page: Page) -> Listed[Movement]:
        """Newest first."""
        query = select(t.MOVEMENTS.table).where(*_told_to(of))
        return await self.page(query, (MOVEMENT.created_at, MOVEMENT.id), page, _movement)

    async def account_sums(self) -> Sequence[AccountSum]:
        """One line a kind, in the chart's order."""
        debit = func.sum(case((ENTRY.cents > 0, ENTRY.cents), else_=0))
        credit = func.sum(case((ENTRY.cents < 0, -ENTRY.cents), else_=0))
        sums = await self.rows(select(ENTRY.account, debit, credit).group_by(ENTRY.account))
        kept = select(BALANCE.account, func.sum(BALANCE.balance)).group_by(BALANCE.account)
        by_kind = {account: (debits, credits) for account, debits, credits in sums}
        stored = {row[0]: row[1] for row in await self.rows(kept)}
        return [
            AccountSum(kind, *by_kind.get(code(kind), (0, 0)), _stored(kind, stored))
            for kind in AccountKind
        ]

    async def owner_balance(self, kind: AccountKind, owner: UserId) -> Money:
        """A stored balance."""
        query = select(BALANCE.balance).where(BALANCE.account == code(kind), BALANCE.owner == owner)
        return Money(await self.scalar(query) or 0)

    async def movement_total(self, kind: MovementKind, professional: UserId) -> Money:
        """The sum of a professional's movements of a kind."""
        query = select(func.sum(MOVEMENT.amount)).where(
            MOVEMENT.kind == code(kind), MOVEMENT.professional_id == professional
        )
        return Money(await self.scalar(query) or 0)

    async def payment(self, id: PaymentId) -> Payment | None:
        """A payment as we have it."""
        return await self.one(t.PAYMENTS, PAYMENT.id == id)

    async def checkouts_of(self, job: JobId) -> Sequence[CheckoutId]:
        """A job's checkouts, oldest first."""
        query = select(CHECKOUT.id).where(CHECKOUT.job_id == job).order_by(CHECKOUT.id)
        return [row[0] for row in await self.rows(query)]

    async def refunds(self, status: RefundStatus | None, page: Page) -> Listed[Refund]:
        """Newest first."""
        query = select(t.REFUNDS.table)
        if status:
            query = query.where(REFUND.status == code(status))
        return await self.page(query, (REFUND.created_at, REFUND.id), page, _refund)

    async def suspense(self, page: Page) -> Listed[Parked]:
        """Payments that fund nothing, newest first."""
        newest = (
            select(REFUND.status)
            .where(REFUND.payment_id == PAYMENT.id)
            .order_by(REFUND.id.desc())
            .limit(1)
            .correlate(t.PAYMENTS.table)
            .scalar_subquery()
        )
        kept = t.is_(PAYMENT.verdict, Verdict.OPEN, Verdict.FUNDS)
        query = select(t.PAYMENTS.table, newest).where(or_(~kept, PAYMENT.flag.is_not(None)))
        return await self.page(query, (PAYMENT.updated_at, PAYMENT.id), page, _parked)


def _told_to(of: MovementFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [MOVEMENT.kind.in_(sorted(map(code, of.kinds)))]
    if of.party is not None:
        where.append(or_(MOVEMENT.client_id == of.party, MOVEMENT.professional_id == of.party))
    if of.status is not None:
        where.append(MOVEMENT.status == code(of.status))
    if of.since is not None:
        where.append(MOVEMENT.created_at >= of.since)
    if of.until is not None:
        where.append(MOVEMENT.created_at < of.until)
    return where


def _stored(kind: AccountKind, stored: dict[str, int]) -> int | None:
    return normal_side(kind) * stored.get(code(kind), 0) if kind in PER_OWNER else None


def _refund(row: Row[Any]) -> Refund:
    return t.REFUNDS.read(row[: t.REFUNDS.width])


def _movement(row: Row[Any]) -> Movement:
    return t.MOVEMENTS.read(row[: t.MOVEMENTS.width])


def _parked(row: Row[Any]) -> Parked:
    payment, status = t.PAYMENTS.read(row[: t.PAYMENTS.width]), row[t.PAYMENTS.width]
    return Parked(payment, values(RefundStatus)[status] if status else None)
