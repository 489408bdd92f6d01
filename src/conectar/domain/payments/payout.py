"""A payout: what a professional asked to be sent to his account, and what became of it.

`requested -> exported -> confirmed | failed`, `confirmed -> returned` when it came back after all,
and `recalled` before it was exported, because he owes. Destination and holder are frozen when it is
asked; the money is reserved at once. A bank file is frozen when it is made: the same bytes again
for whoever loses it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from conectar.domain.kernel.errors import DomainError, Kind
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import BatchId, PayoutId, UserId
from conectar.domain.kernel.money import Money


class NoDestination(DomainError):
    """There is no account to send it to."""


class InvalidPayoutStep(DomainError):
    """The payout is not where this step begins."""


class AmountNotPositive(DomainError):
    """Nothing is not an amount to move."""

    kind = Kind.MALFORMED


class PayoutStatus(Enum):
    """How far it got."""

    REQUESTED = "requested"
    EXPORTED = "exported"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    RETURNED = "returned"
    RECALLED = "recalled"


class PayoutResult(Enum):
    """What a person says the bank did."""

    SENT = "sent"
    FAILED = "failed"


P = PayoutStatus
STEPS = {
    (P.EXPORTED, PayoutResult.SENT): P.CONFIRMED,
    (P.EXPORTED, PayoutResult.FAILED): P.FAILED,
    (P.CONFIRMED, PayoutResult.FAILED): P.RETURNED,
}
OPEN = frozenset({P.REQUESTED, P.EXPORTED})
"""Its money is still reserved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """`destination` is a CBU, CVU or alias and `holder_cuit` its owner's; it is not exported before
    `not_before`."""

    id: PayoutId
    professional_id: UserId
    amount: Money
    destination: str
    holder_cuit: str
    holder: str
    status: PayoutStatus
    created_at: datetime
    not_before: datetime
    batch_id: BatchId | None = None
    evidence: str | None = None
    settled_at: datetime | None = None

    def export(self, batch: BatchId) -> "Payout":
        """It is in a bank file. Raises InvalidPayoutStep."""
        self._expect(P.REQUESTED)
        return replace(self, status=P.EXPORTED, batch_id=batch)

    def recall(self, at: datetime) -> "Payout":
        """He owes: it goes back before it was sent. Raises InvalidPayoutStep."""
        self._expect(P.REQUESTED)
        return replace(self, status=P.RECALLED, settled_at=at)

    def settle(self, result: PayoutResult, evidence: str, at: datetime) -> "Payout":
        """What the bank did, also when it takes back what it said. Raises InvalidPayoutStep."""
        if (self.status, result) not in STEPS:
            raise InvalidPayoutStep(status=self.status.value)
        return replace(self, status=STEPS[self.status, result], evidence=evidence, settled_at=at)

    def _expect(self, status: PayoutStatus) -> None:
        if self.status is not status:
            raise InvalidPayoutStep(status=self.status.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutBatch:
    """A bank file: `content` is what was exported, byte for byte."""

    id: BatchId
    created_by: UserId
    created_at: datetime
    payouts: int
    total: Money
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutEvent(Event):
    """Something about one payout."""

    payout_id: PayoutId
    professional_id: UserId
    amount: Money


class PayoutRequested(PayoutEvent):
    """The money is reserved."""


class PayoutCompleted(PayoutEvent):
    """The bank sent it."""


class PayoutFailed(PayoutEvent):
    """It did not arrive; the balance has it again."""


class PayoutRecalled(PayoutEvent):
    """It was not sent: the balance has it again, and pays a debt with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationChanged(Event):
    """Another account for payouts; it can be used from `usable_at`."""

    professional_id: UserId
    usable_at: datetime
