"""Payouts, as professionals and administrators see them."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import DebtRow
from conectar.application.queries.professionals import masked
from conectar.application.views.money import BatchView, DebtView, PayoutView, WithdrawalView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.ids import BatchId
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.payments.payout import Payout, PayoutBatch, PayoutStatus

TOLD = {
    PayoutStatus.REQUESTED: MovementStatus.PENDING,
    PayoutStatus.EXPORTED: MovementStatus.PROCESSING,
    PayoutStatus.CONFIRMED: MovementStatus.COMPLETED,
    PayoutStatus.FAILED: MovementStatus.FAILED,
    PayoutStatus.RETURNED: MovementStatus.FAILED,
    PayoutStatus.RECALLED: MovementStatus.FAILED,
}
"""To the professional it is one of his movements."""


def withdrawal_view(payout: Payout) -> WithdrawalView:
    """A payout as its professional sees it."""
    return WithdrawalView(
        id=payout.id,
        amount=payout.amount,
        status=TOLD[payout.status],
        destination=masked(payout.destination) or "",
        created_at=payout.created_at,
    )


def payout_view(payout: Payout) -> PayoutView:
    """A payout as an administrator sees it."""
    return PayoutView(
        id=payout.id,
        professional_id=payout.professional_id,
        amount=payout.amount,
        status=payout.status,
        destination=payout.destination,
        holder=payout.holder,
        holder_cuit=payout.holder_cuit,
        not_before=payout.not_before,
        batch_id=payout.batch_id,
        evidence=payout.evidence,
        created_at=payout.created_at,
        settled_at=payout.settled_at,
    )


def batch_view(batch: PayoutBatch) -> BatchView:
    """A bank file without its content."""
    return BatchView(
        id=batch.id,
        payouts=batch.payouts,
        total_amount=batch.total,
        created_at=batch.created_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWithdrawals(Query[Listed[WithdrawalView]]):
    """What the caller asked to be sent, newest first."""

    page: Page
    actor: Actor


class ListWithdrawalsHandler:
    """Reads them."""

    async def __call__(self, query: ListWithdrawals, read: Readers) -> Listed[WithdrawalView]:
        """Raises WrongRole."""
        only(query.actor, Role.PROFESSIONAL)
        found = await read.payouts(person(query.actor), None, query.page)
        return Listed(tuple(map(withdrawal_view, found.items)), found.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPayouts(Query[Listed[PayoutView]]):
    """Every payout, newest first."""

    status: PayoutStatus | None
    page: Page
    actor: Actor


class ListPayoutsHandler:
    """Reads them."""

    async def __call__(self, query: ListPayouts, read: Readers) -> Listed[PayoutView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.payouts(None, query.status, query.page)
        return Listed(tuple(map(payout_view, found.items)), found.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPayoutBatch(Query[PayoutBatch]):
    """A bank file, byte for byte as it was made."""

    batch_id: BatchId
    actor: Actor


class GetPayoutBatchHandler:
    """Reads it."""

    async def __call__(self, query: GetPayoutBatch, read: Readers) -> PayoutBatch:
        """Raises WrongRole, NotFound."""
        only(query.actor, Role.ADMIN)
        return existing(await read.payout_batch(query.batch_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDebts(Query[Listed[DebtView]]):
    """The professionals who owe the house, the largest debt first."""

    page: Page
    actor: Actor


class ListDebtsHandler:
    """Reads them."""

    async def __call__(self, query: ListDebts, read: Readers) -> Listed[DebtView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.debts(query.page)
        return Listed(tuple(map(_debt_view, found.items)), found.total)


def _debt_view(row: DebtRow) -> DebtView:
    return DebtView(
        professional_id=row.user.id,
        first_name=row.user.first_name,
        last_name=row.user.last_name,
        email=row.user.email,
        debt=row.amount,
    )
