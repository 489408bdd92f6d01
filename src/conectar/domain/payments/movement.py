"""Movements: the readable face of the ledger, one row a thing a person would look for.

They decide nothing and are written with the posting they tell of.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from conectar.domain.kernel.ids import JobId, PaymentId, TransactionId, UserId
from conectar.domain.kernel.money import Money


class MovementKind(Enum):
    """What kind of movement."""

    PAYMENT = "payment"
    ESCROW = "escrow"
    RELEASE = "release"
    COMMISSION = "commission"
    REFUND = "refund"
    PAYOUT = "payout"
    CHARGEBACK = "chargeback"


class MovementStatus(Enum):
    """How far it got."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


CLIENTS = frozenset({MovementKind.PAYMENT, MovementKind.REFUND})
PROFESSIONALS = frozenset(
    {
        MovementKind.RELEASE,
        MovementKind.COMMISSION,
        MovementKind.PAYOUT,
        MovementKind.CHARGEBACK,
    }
)
"""Which kinds each side sees; administrators see all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """`source_ref` is unique and finds the movement again when it goes on."""

    id: TransactionId
    source_ref: str
    kind: MovementKind
    status: MovementStatus
    amount: Money
    job_id: JobId | None
    client_id: UserId | None
    professional_id: UserId | None
    payment_id: PaymentId | None
    created_at: datetime
    completed_at: datetime | None = None

    def become(self, status: MovementStatus, at: datetime) -> "Movement":
        """The same movement, further on."""
        completed = at if status is MovementStatus.COMPLETED else None
        return replace(self, status=status, completed_at=completed)
