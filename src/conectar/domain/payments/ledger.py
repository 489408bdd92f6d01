"""The ledger: double entry, append only, the only truth about money.

An entry's `cents` are positive for a debit and negative for a credit, so the entries of one
transaction, and those of the whole ledger, sum to zero. Assets and expenses grow by debits, the
rest by credits; `balance` turns the sign so that a balance of an account in good order is positive.

Per-owner accounts have a floor of zero which the stores enforce. Platform-wide accounts are summed
and never stored, so that no row is hot. Nothing is ever changed: a correction is a new transaction.
`source_ref` names the one fact behind a transaction and is unique: a fact is posted once.

The second half of the file is the catalogue of moves, one function each. Reading order of an arrow
`debit -> credit` is that of the function names' docstrings.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import JobId, PaymentId, RefundId, TransactionId, UserId
from conectar.domain.kernel.money import Money, least
from conectar.domain.payments.commission import Shares


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
    """Entries that sum to zero and belong to one fact, one job and one payment (if any)."""

    id: TransactionId
    source_ref: str
    at: datetime
    entries: tuple[Entry, ...]
    job_id: JobId | None
    payment_id: PaymentId | None

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


# -- the catalogue of moves --------------------------------------------------------------------


def funded(job: JobId, price: Money) -> Legs:
    """gateway_unreleased -> escrow, the price."""
    return post(((gateway(False), price),), ((escrow(job), price),))


def charges(fee: Money, taxes: Money, released: bool) -> Legs:
    """gateway_fee, tax_withheld <- gateway, as reported; negative amounts are given back."""
    return post(((GATEWAY_FEE, fee), (TAX_WITHHELD, taxes)), ((gateway(released), fee + taxes),))


def job_released(job: JobId, professional: UserId, shares: Shares, released: bool) -> Legs:
    """escrow -> what the professional is owed + commission."""
    price = shares.net + shares.commission
    owes = (owed(professional, released), shares.net)
    return post(((escrow(job), price),), (owes, (COMMISSION, shares.commission)))


def payment_released(remaining: Money) -> Legs:
    """gateway_unreleased becomes gateway_available: what is left of one payment."""
    return post(((gateway(True), remaining),), ((gateway(False), remaining),))


def earnings_released(professional: UserId, net: Money) -> Legs:
    """payable_unreleased -> payable, one job's part."""
    return post(((payable_unreleased(professional), net),), ((payable(professional), net),))


def refund_decided(job: JobId, amount: Money) -> Legs:
    """escrow -> refund_pending."""
    return post(((escrow(job), amount),), ((refund_pending(job), amount),))


def refund_confirmed(job: JobId, amount: Money, released: bool) -> Legs:
    """refund_pending -> gateway."""
    return post(((refund_pending(job), amount),), ((gateway(released), amount),))


def refund_by_bank(job: JobId, amount: Money) -> Legs:
    """refund_pending -> bank."""
    return post(((refund_pending(job), amount),), ((BANK, amount),))


def split(job: JobId, professional: UserId, to_client: Money, rest: Shares, released: bool) -> Legs:
    """The client's part -> refund_pending; the rest released with commission on the rest."""
    price = to_client + rest.net + rest.commission
    return post(
        ((escrow(job), price),),
        (
            (refund_pending(job), to_client),
            (owed(professional, released), rest.net),
            (COMMISSION, rest.commission),
        ),
    )


def suspended(amount: Money) -> Legs:
    """gateway_unreleased -> suspense: money of ours that may not fund."""
    return post(((gateway(False), amount),), ((SUSPENSE, amount),))


def suspense_refund_decided(job: JobId, amount: Money) -> Legs:
    """suspense -> refund_pending."""
    return post(((SUSPENSE, amount),), ((refund_pending(job), amount),))


def taken_outside(job: JobId, held: Money, refunding: Money, released: bool) -> Legs:
    """escrow or refund_pending -> gateway: an outside refund, or a chargeback lost while held."""
    taken = held + refunding
    return post(
        ((escrow(job), held), (refund_pending(job), refunding)), ((gateway(released), taken),)
    )


def charged_back(
    professional: UserId,
    shares: Shares,
    unreleased: Money,
    available: Money,
    unsent_refund: tuple[JobId, Money] | None,
    released: bool,
) -> Legs:
    """A chargeback after release, borne by the professional.

    `unreleased` is this job's part still in payable_unreleased and goes first, then `available`
    (his payable) up to this job's net; what is missing he owes. The commission is given back, and
    a split's unsent refund goes too.
    """
    first = least(unreleased, shares.net)
    second = least(available, shares.net - first)
    owes = shares.net - first - second
    pending = ((refund_pending(unsent_refund[0]), unsent_refund[1]),) if unsent_refund else ()
    debit = (
        (payable_unreleased(professional), first),
        (payable(professional), second),
        (receivable(professional), owes),
        (COMMISSION, shares.commission),
        *pending,
    )
    total = sum((amount for _, amount in debit), Money.ZERO)
    return post(debit, ((gateway(released), total),))


def charged_back_on_platform(amount: Money, released: bool) -> Legs:
    """chargeback_loss -> gateway: the house bears it."""
    return post(((CHARGEBACK_LOSS, amount),), ((gateway(released), amount),))


def reimbursed(professional: UserId, shares: Shares, owes: Money, released: bool) -> Legs:
    """gateway -> receivable down to its balance, the rest to payable; commission again."""
    repaid = least(owes, shares.net)
    credit = (
        (receivable(professional), repaid),
        (payable(professional), shares.net - repaid),
        (COMMISSION, shares.commission),
    )
    return post(((gateway(released), shares.net + shares.commission),), credit)


def refunded_after_release(
    job: JobId,
    professional: UserId,
    amount: Money,
    commission: Money,
    unreleased: Money,
    available: Money,
    net: Money,
) -> Legs:
    """payable_unreleased, then payable, at most this job's net; the commission in proportion; the
    rest is the house's loss -> refund_pending."""
    from_pro = amount - commission
    first = least(least(unreleased, net), from_pro)
    second = least(least(available, net - first), from_pro - first)
    debit = (
        (payable_unreleased(professional), first),
        (payable(professional), second),
        (COMMISSION, commission),
        (REFUND_LOSS, from_pro - first - second),
    )
    return post(debit, ((refund_pending(job), amount),))


def payout_asked(professional: UserId, amount: Money) -> Legs:
    """payable -> payout_pending."""
    return post(((payable(professional), amount),), ((payout_pending(professional), amount),))


def payout_confirmed(professional: UserId, amount: Money, by_bank: bool) -> Legs:
    """payout_pending -> gateway_available or bank."""
    source = BANK if by_bank else gateway(True)
    return post(((payout_pending(professional), amount),), ((source, amount),))


def payout_failed(professional: UserId, amount: Money) -> Legs:
    """payout_pending -> payable."""
    return post(((payout_pending(professional), amount),), ((payable(professional), amount),))


def payout_returned(professional: UserId, amount: Money, by_bank: bool) -> Legs:
    """bank or gateway_available -> payable: it failed after success, the debt stands again."""
    source = BANK if by_bank else gateway(True)
    return post(((source, amount),), ((payable(professional), amount),))


def debt_repaid(professional: UserId, amount: Money) -> Legs:
    """payable -> receivable."""
    return post(((payable(professional), amount),), ((receivable(professional), amount),))


def debt_written_off(professional: UserId, amount: Money) -> Legs:
    """chargeback_loss -> receivable."""
    return post(((CHARGEBACK_LOSS, amount),), ((receivable(professional), amount),))


def treasury(amount: Money, to_bank: bool) -> Legs:
    """gateway_available <-> bank."""
    source, target = (gateway(True), BANK) if to_bank else (BANK, gateway(True))
    return post(((target, amount),), ((source, amount),))


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
