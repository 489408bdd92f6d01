"""Reads about money, in SQL."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, case, or_, select, union

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.connection import Row
from conectar.adapters.outbound.sql.dialect import total
from conectar.adapters.outbound.sql.reading import Reading
from conectar.adapters.outbound.sql.tables import BALANCES, DELIVERIES, OUTBOX
from conectar.adapters.vocabulary.codes import code, values
from conectar.application.message import Listed, Page
from conectar.application.ports.readers import MovementFilter
from conectar.application.ports.rows import (
    AccountSum,
    DebtRow,
    Incident,
    Parked,
    PendingDelivery,
    Released,
)
from conectar.domain.jobs.lifecycle import FrozenBy
from conectar.domain.kernel.ids import BatchId, CheckoutId, JobId, PaymentId, ProposalId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.ledger import PER_OWNER, AccountKind, normal_side
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import Payment, Verdict
from conectar.domain.payments.payout import Payout, PayoutBatch, PayoutStatus
from conectar.domain.payments.proposal import Proposal
from conectar.domain.payments.refund import UNSETTLED, Refund, RefundOrigin, RefundStatus

MOVEMENT, PAYMENT, REFUND = t.MOVEMENTS.table.c, t.PAYMENTS.table.c, t.REFUNDS.table.c
CHECKOUT, ENTRY, BALANCE = t.CHECKOUTS.table.c, t.ENTRIES.c, t.BALANCES.c
JOB, USER, PAYOUT, PROPOSAL = (
    t.JOBS.table.c,
    t.USERS.table.c,
    t.PAYOUTS.table.c,
    t.PROPOSALS.table.c,
)
OWN = (
    AccountKind.PAYABLE,
    AccountKind.PAYABLE_UNRELEASED,
    AccountKind.PAYOUT_PENDING,
    AccountKind.RECEIVABLE,
)


class MoneyReader(Reading):
    """Movements, balances, intents."""

    async def movements(self, of: MovementFilter, page: Page) -> Listed[Movement]:
        """Newest first."""
        query = select(t.MOVEMENTS.table).where(*_told_to(of))
        return await self.page(query, (MOVEMENT.created_at, MOVEMENT.id), page, t.MOVEMENTS.read)

    async def account_sums(self) -> Sequence[AccountSum]:
        """One line a kind, in the chart's order."""
        debit = total(case((ENTRY.cents > 0, ENTRY.cents), else_=0))
        credit = total(case((ENTRY.cents < 0, -ENTRY.cents), else_=0))
        sums = await self.rows(select(ENTRY.account, debit, credit).group_by(ENTRY.account))
        kept = select(BALANCE.account, total(BALANCE.balance)).group_by(BALANCE.account)
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
        """The sum of a professional's finished movements of a kind."""
        query = select(total(MOVEMENT.amount)).where(
            MOVEMENT.kind == code(kind),
            MOVEMENT.status == code(MovementStatus.COMPLETED),
            MOVEMENT.professional_id == professional,
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
        return await self.page(query, (REFUND.created_at, REFUND.id), page, t.REFUNDS.read)

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

    async def released(self) -> Released:
        """Sums of finished movements."""
        query = (
            select(MOVEMENT.kind, total(MOVEMENT.amount))
            .where(MOVEMENT.status == code(MovementStatus.COMPLETED))
            .group_by(MOVEMENT.kind)
        )
        sums = {row[0]: row[1] for row in await self.rows(query)}
        net, refunded = (
            Money(sums.get(code(kind), 0)) for kind in (MovementKind.RELEASE, MovementKind.REFUND)
        )
        return Released(net, refunded)

    async def incidents(self, page: Page) -> Listed[Incident]:
        """Frozen or parked, newest first."""
        query = (
            select(t.PAYMENTS.table, t.JOBS.table)
            .outerjoin(t.JOBS.table, JOB.id == PAYMENT.job_id)
            .where(PAYMENT.id.in_(_of_incidents()))
        )
        return await self.page(query, (PAYMENT.updated_at, PAYMENT.id), page, _incident)

    async def parked_of(self, professional: UserId) -> Money:
        """What came of payments that wait for a person."""
        parts = (
            select((-total(ENTRY.cents)).label("part"))
            .join(t.PAYMENTS.table, PAYMENT.id == ENTRY.payment_id)
            .join(t.JOBS.table, JOB.id == PAYMENT.job_id)
            .where(
                PAYMENT.flag.is_not(None),
                JOB.professional_id == professional,
                ENTRY.account == code(AccountKind.PAYABLE),
                ENTRY.owner == professional,
            )
            .group_by(PAYMENT.id)
            .subquery()
        )
        return Money(await self.scalar(select(total(parts.c.part)).where(parts.c.part > 0)) or 0)

    async def commissions_of(self, professional: UserId) -> Money:
        """What the house kept of his jobs."""
        query = (
            select(-total(ENTRY.cents))
            .join(t.JOBS.table, JOB.id == ENTRY.job_id)
            .where(
                JOB.professional_id == professional,
                ENTRY.account == code(AccountKind.COMMISSION),
            )
        )
        return Money(await self.scalar(query) or 0)

    async def payouts(
        self, professional: UserId | None, status: PayoutStatus | None, page: Page
    ) -> Listed[Payout]:
        """Newest first."""
        query = select(t.PAYOUTS.table)
        if professional:
            query = query.where(PAYOUT.professional_id == professional)
        if status:
            query = query.where(PAYOUT.status == code(status))
        return await self.page(query, (PAYOUT.created_at, PAYOUT.id), page, t.PAYOUTS.read)

    async def payout_batch(self, id: BatchId) -> PayoutBatch | None:
        """A bank file as it was made."""
        return await self.one(t.PAYOUT_BATCHES, t.PAYOUT_BATCHES.table.c.id == id)

    async def debts(self, page: Page) -> Listed[DebtRow]:
        """Who owes, most first."""
        query = (
            select(t.USERS.table, BALANCE.balance)
            .join(BALANCES, BALANCE.owner == USER.id)
            .where(BALANCE.account == code(AccountKind.RECEIVABLE), BALANCE.balance > 0)
        )
        return await self.page(query, (BALANCE.balance, USER.id), page, _debt)

    async def proposal(self, id: ProposalId) -> Proposal | None:
        """One, whether it stands or not."""
        return await self.one(t.PROPOSALS, PROPOSAL.id == id)

    async def proposal_for(self, subject: str) -> Proposal | None:
        """The one that stands."""
        return await self.one(t.PROPOSALS, PROPOSAL.subject == subject, PROPOSAL.standing)

    async def proposals(self, page: Page) -> Listed[Proposal]:
        """Those that stand, newest first."""
        query = select(t.PROPOSALS.table).where(PROPOSAL.standing)
        return await self.page(query, (PROPOSAL.created_at, PROPOSAL.id), page, t.PROPOSALS.read)

    async def open_money(self, user: UserId) -> Money:
        """What is still open of a person, in cents of whatever currency."""
        mine = or_(JOB.client_id == user, JOB.professional_id == user)
        jobs = select(JOB.id).where(mine)
        own = BALANCE.account.in_(sorted(map(code, OWN))) & (BALANCE.owner == user)
        held = (BALANCE.account == code(AccountKind.ESCROW)) & BALANCE.owner.in_(jobs)
        paid = select(JOB.id).where(JOB.client_id == user)
        going_back = BALANCE.account == code(AccountKind.REFUND_PENDING)
        pending = going_back & BALANCE.owner.in_(paid)
        balances = select(total(BALANCE.balance)).where(or_(own, held, pending))
        unsettled = REFUND.status.in_(sorted(map(code, UNSETTLED)))
        unposted = select(total(REFUND.amount)).where(
            REFUND.client_id == user, unsettled, REFUND.origin == code(RefundOrigin.UNPOSTED)
        )
        return Money((await self.scalar(balances) or 0) + (await self.scalar(unposted) or 0))

    async def pending_deliveries(self, page: Page) -> Listed[PendingDelivery]:
        """Newest first."""
        c = DELIVERIES.c
        query = (
            select(c.event_id, OUTBOX.c.name, c.reaction, c.attempts, c.error, c.next_at)
            .add_columns(OUTBOX.c.at)
            .join(OUTBOX, OUTBOX.c.id == c.event_id)
            .where(c.settled_at.is_(None))
        )
        return await self.page(query, (c.event_id, c.reaction), page, _pending)


@cache
def _of_incidents() -> CompoundSelect[Any]:
    """The payments, each half out of an index of few rows."""
    payment, job = t.PAYMENTS.table.alias().c, t.JOBS.table.alias().c
    parked = select(payment.id).where(payment.flag.is_not(None))
    funding = select(payment.id).where(t.is_(payment.verdict, Verdict.FUNDS))
    frozen = funding.where(payment.job_id == job.id, ~t.is_(job.frozen_by, FrozenBy.NONE))
    return union(parked, frozen)


def _incident(row: Row) -> Incident:
    payment = t.PAYMENTS.read(row)
    job = row[t.PAYMENTS.width : t.PAYMENTS.width + t.JOBS.width]
    funds = payment.verdict is Verdict.FUNDS
    return Incident(payment, t.JOBS.read(job) if funds else None)


def _debt(row: Row) -> DebtRow:
    return DebtRow(t.USERS.read(row), Money(row[t.USERS.width]))


def _pending(row: Row) -> PendingDelivery:
    return PendingDelivery(*row[:7])


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


def _parked(row: Row) -> Parked:
    payment, status = t.PAYMENTS.read(row), row[t.PAYMENTS.width]
    return Parked(payment, values(RefundStatus)[status] if status else None)
