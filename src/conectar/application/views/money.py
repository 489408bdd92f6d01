"""Money."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from conectar.application.views import View
from conectar.domain.kernel.ids import JobId, PaymentId, RefundId, TransactionId
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.levels.level import Level
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.payment import Flag, PaymentStatus, Verdict
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
