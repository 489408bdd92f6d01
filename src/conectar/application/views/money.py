"""Money."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Generic, TypeVar

from conectar.application.views import View
from conectar.domain.jobs.lifecycle import EscrowStatus, FrozenBy, JobStatus
from conectar.domain.kernel.ids import (
    BatchId,
    JobId,
    PaymentId,
    PayoutId,
    ProposalId,
    RefundId,
    TransactionId,
    UserId,
)
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.levels.level import Level
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.payment import Flag, PaymentStatus, Verdict
from conectar.domain.payments.payout import PayoutStatus
from conectar.domain.payments.refund import RefundOrigin, RefundStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutView(View):
    """Where to pay. `made` says that this call made it, not an earlier one."""

    preference_id: str
    init_point: str
    sandbox_init_point: str | None
    expires_at: datetime
    made: bool = field(metadata={"wire": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementView(View):
    """A row of somebody's history."""

    id: TransactionId
    job_id: JobId | None
    kind: MovementKind
    amount: Money
    status: MovementStatus
    gateway_payment_id: PaymentId | None
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStatusView(View):
    """A payment, as the gateway has it now."""

    payment_id: PaymentId
    payment_status: PaymentStatus
    payment_detail: str
    amount: Money
    job_id: JobId | None


class QuoteRule(Enum):
    """Which rule gave the commission."""

    LEVEL_RATE = "level_rate"


class Rounding(Enum):
    """How the last cent is decided."""

    HALF_EVEN = "half_even"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView(View):
    """What would be left of an amount, and why. `valid_until` is when an offer made now would
    expire."""

    amount: Money
    level: Level
    rule: QuoteRule
    base: Money
    commission_rate: Rate
    commission: Money
    professional_net: Money
    rounding: Rounding
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceView(View):
    """What a professional can take, what waits, and what he owes."""

    available_balance: Money
    pending_balance: Money
    debt: Money
    total_earned: Money
    total_commissions: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLineView(View):
    """An account's sums; per-owner accounts of one kind are one line."""

    account: str
    debits: Money
    credits: Money
    balance: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceView(View):
    """Every account's sums. `balanced` also compares the stored balances with the entries."""

    accounts: tuple[AccountLineView, ...]
    balanced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView(View):
    """An intent to give money back."""

    id: RefundId
    job_id: JobId
    gateway_payment_id: PaymentId
    amount: Money
    currency: str
    origin: RefundOrigin
    status: RefundStatus
    attempts: int
    next_at: datetime | None
    error: str | None
    evidence: str | None
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseView(View):
    """A payment that may not fund anything."""

    gateway_payment_id: PaymentId
    job_id: JobId | None
    amount: Money
    currency: str
    payment_status: PaymentStatus
    verdict: Verdict
    flag: Flag | None
    refund: RefundStatus | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView(View):
    """What one administrator wants done with much money, until another one agrees."""

    id: ProposalId
    subject: str
    action: str
    amount: Money
    proposed_by_admin: UserId
    created_at: datetime
    confirmed_by: UserId | None


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed(View, Generic[T]):
    """What was done; or, when a second administrator is needed, the proposal that waits for him."""

    done: T | None = None
    proposal: ProposalView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalView(View):
    """Money that its owner asked for; the account is masked."""

    id: PayoutId
    amount: Money
    status: MovementStatus
    destination: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutView(View):
    """A payout, as an administrator sees it."""

    id: PayoutId
    professional_id: UserId
    amount: Money
    status: PayoutStatus
    destination: str
    holder: str
    holder_cuit: str
    not_before: datetime
    batch_id: BatchId | None
    evidence: str | None
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView(View):
    """A bank file that was made; its content is read by its id."""

    id: BatchId
    payouts: int
    total_amount: Money
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView(View):
    """A payment the gateway froze, or said something of that waits for a person."""

    gateway_payment_id: PaymentId
    job_id: JobId | None
    amount: Money
    currency: str
    refunded_by_gateway: Money
    taken_by_chargebacks: Money
    payment_status: PaymentStatus
    payment_detail: str
    frozen_by: FrozenBy | None
    job_status: JobStatus | None
    escrow: EscrowStatus | None
    flag: Flag | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtView(View):
    """What a professional owes the house."""

    professional_id: UserId
    first_name: str
    last_name: str
    email: str
    debt: Money


class TreasuryWay(Enum):
    """Which way the house's money goes."""

    TO_BANK = "to_bank"
    TO_GATEWAY = "to_gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreasuryView(View):
    """A move of the house's own money, as it was noted."""

    id: TransactionId
    direction: TreasuryWay
    amount: Money
    evidence: str
    created_at: datetime
