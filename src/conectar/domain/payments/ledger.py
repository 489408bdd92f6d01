"""The ledger: double entry, append only, the only truth about money.

An entry's `cents` are positive for a debit and negative for a credit, so the entries of one
transaction, and those of the whole ledger, sum to zero. Assets and expenses grow by debits, the
rest by credits; `balance` turns the sign so that a balance of an account in good order is positive.

Per-owner accounts have a floor of zero which the stores enforce. Platform-wide accounts are summed
and never stored, so that no row is hot. Nothing is ever changed: a correction is a new transaction.
`source_ref` names the one fact behind a transaction and is unique: a fact is posted once.

What each move posts is in `postings`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import (
    JobId,
    PaymentId,
    PayoutId,
    RefundId,
    TransactionId,
    UserId,
)
from conectar.domain.kernel.money import Money


class AccountKind(Enum):
    """The chart of accounts."""

    # per owner
    ESCROW = "escrow"
    REFUND_PENDING = "refund_pending"
    PAYABLE_UNRELEASED = "payable_unreleased"
    PAYABLE = "payable"
    PAYOUT_PENDING = "payout_pending"
    RECEIVABLE = "receivable"
    # platform-wide
    GATEWAY_UNRELEASED = "gateway_unreleased"
    GATEWAY_AVAILABLE = "gateway_available"
    BANK = "bank"
    SUSPENSE = "suspense"
    COMMISSION = "commission"
    GATEWAY_FEE = "gateway_fee"
    TAX_WITHHELD = "tax_withheld"
    CHARGEBACK_LOSS = "chargeback_loss"
    REFUND_LOSS = "refund_loss"


K = AccountKind
PER_OWNER = frozenset(
    {
        K.ESCROW,
        K.REFUND_PENDING,
        K.PAYABLE_UNRELEASED,
        K.PAYABLE,
        K.PAYOUT_PENDING,
        K.RECEIVABLE,
    }
)
DEBIT_NORMAL = frozenset(
    {
        K.RECEIVABLE,
        K.GATEWAY_UNRELEASED,
        K.GATEWAY_AVAILABLE,
        K.BANK,
        K.GATEWAY_FEE,
        K.TAX_WITHHELD,
        K.CHARGEBACK_LOSS,
        K.REFUND_LOSS,
    }
)


def normal_side(kind: AccountKind) -> int:
    """1 for a kind that grows by debits, -1 for one that grows by credits."""
    return 1 if kind in DEBIT_NORMAL else -1


class Overdrawn(DomainError):
    """A per-owner account would fall below zero."""


class AlreadyPosted(DomainError):
    """The fact was posted before."""


class Unbalanced(DomainError):
    """A transaction with fewer than two entries, a zero entry, or a sum that is not zero."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `owner` is a job or a professional for the per-owner kinds, else None."""

    kind: AccountKind
    owner: UUID | None = None

    def __post_init__(self) -> None:
        assert (self.kind in PER_OWNER) == (self.owner is not None), self.kind

    def __str__(self) -> str:
        return self.kind.value if self.owner is None else f"{self.kind.value}:{self.owner}"

    def balance(self, cents: int) -> Money:
        """The natural balance of summed entries: positive when in good order."""
        return Money(normal_side(self.kind) * cents)


@dataclass(frozen=True, slots=True)
class Entry:
    """One leg: positive debits, negative credits."""

    account: Account
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTransaction:
    """Entries that sum to zero and belong to one fact, one job and one payment (if any). `note` is
    what a person showed for it."""

    id: TransactionId
    source_ref: str
    at: datetime
    entries: tuple[Entry, ...]
    job_id: JobId | None
    payment_id: PaymentId | None
    note: str | None = None

    def __post_init__(self) -> None:
        legs = [entry.cents for entry in self.entries]
        if len(legs) < 2 or 0 in legs or sum(legs) != 0:
            raise Unbalanced(source=self.source_ref)


Leg = tuple[Account, Money]
Legs = tuple[Entry, ...]


def post(debit: tuple[Leg, ...], credit: tuple[Leg, ...]) -> Legs:
    """The entries of a move; legs of zero are left out and legs of one account are joined."""
    cents: dict[Account, int] = {}
    for sign, legs in ((1, debit), (-1, credit)):
        for account, amount in legs:
            cents[account] = cents.get(account, 0) + sign * amount.cents
    return tuple(Entry(account, amount) for account, amount in cents.items() if amount)


# -- accounts by name --------------------------------------------------------------------------


def escrow(job: JobId) -> Account:
    """The client's money, held for a job."""
    return Account(K.ESCROW, job)


def refund_pending(job: JobId) -> Account:
    """What is on its way back to the client of a job."""
    return Account(K.REFUND_PENDING, job)


def payable_unreleased(professional: UserId) -> Account:
    """Earned, but the gateway has not made it available yet."""
    return Account(K.PAYABLE_UNRELEASED, professional)


def payable(professional: UserId) -> Account:
    """What the house owes a professional and can pay."""
    return Account(K.PAYABLE, professional)


def payout_pending(professional: UserId) -> Account:
    """Reserved for a payout that was asked."""
    return Account(K.PAYOUT_PENDING, professional)


def receivable(professional: UserId) -> Account:
    """What a professional owes the house."""
    return Account(K.RECEIVABLE, professional)


BANK = Account(K.BANK)
SUSPENSE = Account(K.SUSPENSE)
COMMISSION = Account(K.COMMISSION)
GATEWAY_FEE = Account(K.GATEWAY_FEE)
TAX_WITHHELD = Account(K.TAX_WITHHELD)
CHARGEBACK_LOSS = Account(K.CHARGEBACK_LOSS)
REFUND_LOSS = Account(K.REFUND_LOSS)


def gateway(released: bool) -> Account:
    """The balance at the gateway that one payment's money stands in."""
    return Account(K.GATEWAY_AVAILABLE if released else K.GATEWAY_UNRELEASED)


def owed(professional: UserId, released: bool) -> Account:
    """Where a professional's part of one payment stands."""
    return payable(professional) if released else payable_unreleased(professional)


# -- names of facts ----------------------------------------------------------------------------


def payment_ref(payment: PaymentId, what: str) -> str:
    """`mp:payment:{id}:{what}`."""
    return f"mp:payment:{payment}:{what}"


def job_ref(job: JobId, what: str) -> str:
    """`job:{id}:{what}`."""
    return f"job:{job}:{what}"


def refund_ref(refund: RefundId, what: str) -> str:
    """`refund:{id}:{what}`."""
    return f"refund:{refund}:{what}"


def payout_ref(payout: PayoutId, what: str) -> str:
    """`payout:{id}:{what}`."""
    return f"payout:{payout}:{what}"
