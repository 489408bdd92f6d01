"""A payment at the gateway: what it last said of it, and what we made of that.

Only what the gateway answers to a question of ours counts (`Fact`). State follows the newest fact
and the allowed pairs: an approved payment never goes back to pending or rejected, whatever arrives
late. What a payment may fund is decided once, in `judge`, when the gateway first says that it took
the money and keeps it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import CheckoutId, JobId, PaymentId, UserId
from conectar.domain.kernel.money import Money, least
from conectar.domain.payments.checkout import Checkout, CheckoutStatus


class PaymentStatus(Enum):
    """The gateway's word for it."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    IN_PROCESS = "in_process"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    IN_MEDIATION = "in_mediation"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    UNKNOWN = "unknown"
    """A word we have never heard: parked."""


P = PaymentStatus
WAITING = frozenset({P.PENDING, P.AUTHORIZED, P.IN_PROCESS})
FAILED = frozenset({P.REJECTED, P.CANCELLED})
TAKEN = frozenset({P.APPROVED, P.IN_MEDIATION, P.REFUNDED, P.CHARGED_BACK})
"""The client's money was taken, whatever became of it later."""


class Verdict(Enum):
    """What a payment is to us."""

    OPEN = "open"
    """Not approved yet."""
    FUNDS = "funds"
    RETURNS = "returns"
    """Ours, but it may not fund: the whole goes back."""
    RETURNS_UNPOSTED = "returns_unposted"
    """Ours, in another currency: goes back in its own, and the ledger never sees it."""
    FOREIGN = "foreign"
    """Another collector's, or of no reference of ours: parked, never touched."""


POSTED = frozenset({Verdict.FUNDS, Verdict.RETURNS})
"""Whose money is in the ledger."""


class Flag(Enum):
    """Why a payment stands on a person's list."""

    FOREIGN = "foreign"
    OTHER_CURRENCY = "other_currency"
    NO_ROW = "no_row"
    """The gateway told something the table has no row for."""


class Bearer(Enum):
    """Who bears a chargeback after the release."""

    PROFESSIONAL = "professional"
    HOUSE = "house"


class NotParked(DomainError):
    """Only what waits for a person can be closed by one."""


class Given(NamedTuple):
    """What the gateway gave the client without us, and the house wrote off: by refunds, and by a
    chargeback of a part."""

    refunded: Money
    taken: Money

    @property
    def total(self) -> Money:
        """Both."""
        return self.refunded + self.taken

    def up_to(self, amount: Money) -> "Given":
        """No more than that."""
        refunded = least(self.refunded, amount)
        return Given(refunded, least(self.taken, amount - refunded))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A payment as the gateway answered. Amounts are exact; `refunded` is the sum of its refunds,
    `taken` what lost chargebacks took; `fee` and `taxes` are borne by the collector and net of what
    was given back."""

    id: PaymentId
    status: PaymentStatus
    detail: str
    amount: Money
    refunded: Money
    taken: Money
    fee: Money
    taxes: Money
    collector_id: str
    external_reference: str
    approved_at: datetime | None
    releases_at: datetime | None
    released: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """`fee_posted` and `taxes_posted` are what the ledger has already; `released` whether its
    money was moved to available, and `ask_release_at` when we ask the gateway for that again;
    `version` counts the facts that were applied. A person who closed what was parked left
    `closed_word`, the gateway's word then, `excused`, what it had refunded without us, and
    `by_hand`, whether he booked anything beyond what the gateway shows; `taken_booked` is what of
    `taken` has been booked, by him or by a rule. A chargeback after release left `charged`, what it
    took of the released part, `charged_pending`, what it took of a refund not sent yet, and
    `charged_to`, who bears it."""

    id: PaymentId
    checkout_id: CheckoutId | None
    job_id: JobId | None
    client_id: UserId | None
    status: PaymentStatus
    detail: str
    amount: Money
    refunded: Money
    taken: Money
    approved_at: datetime | None
    ask_release_at: datetime | None
    updated_at: datetime
    verdict: Verdict
    flag: Flag | None = None
    released: bool = False
    fee_posted: Money = Money.ZERO
    taxes_posted: Money = Money.ZERO
    excused: Money = Money.ZERO
    taken_booked: Money = Money.ZERO
    charged: Money = Money.ZERO
    charged_pending: Money = Money.ZERO
    charged_to: Bearer | None = None
    closed_word: str | None = None
    by_hand: bool = False
    version: int = 1

    @property
    def word(self) -> str:
        """What the gateway calls it, in one."""
        return f"{self.status.value}:{self.detail}"

    @property
    def given(self) -> Given:
        """What the house wrote off of it while it was the job's."""
        return Given(self.excused, self.taken_booked)

    @property
    def news(self) -> bool:
        """Whether nobody has closed it under the gateway's word of now."""
        return self.word != self.closed_word

    def follows(self, fact: Fact) -> bool:
        """Whether a fact is newer than what we know, and may come after it."""
        taken = self.status in TAKEN or self.approved_at is not None
        allowed = fact.status in TAKEN | {P.UNKNOWN} if taken else True
        return allowed and fact.updated_at > self.updated_at

    def named(self, checkout: Checkout | None) -> "Payment":
        """Whose it is, if that was not known and nothing is decided."""
        if checkout is None or self.checkout_id or self.verdict is not Verdict.OPEN:
            return self
        return replace(
            self,
            checkout_id=checkout.id,
            job_id=checkout.job_id,
            client_id=checkout.client_id,
        )

    def told(self, fact: Fact) -> "Payment":
        """The payment as the newest fact has it. What was closed under one word is news again when
        another one came between, or a chargeback took more or less."""
        same = (self.status, self.detail, self.taken) == (fact.status, fact.detail, fact.taken)
        return replace(
            self,
            status=fact.status,
            detail=fact.detail,
            refunded=fact.refunded,
            taken=fact.taken,
            approved_at=self.approved_at or fact.approved_at,
            ask_release_at=fact.releases_at,
            updated_at=fact.updated_at,
            version=self.version + 1,
            closed_word=self.closed_word if same else None,
        )


def first_seen(fact: Fact, checkout: Checkout | None) -> Payment:
    """A payment we had not heard of; nothing decided yet."""
    nothing = Money(0, fact.amount.currency)
    return Payment(
        id=fact.id,
        checkout_id=checkout.id if checkout else None,
        job_id=checkout.job_id if checkout else None,
        client_id=checkout.client_id if checkout else None,
        status=fact.status,
        detail=fact.detail,
        amount=fact.amount,
        refunded=fact.refunded,
        taken=fact.taken,
        approved_at=fact.approved_at,
        ask_release_at=fact.releases_at,
        updated_at=fact.updated_at,
        verdict=Verdict.OPEN,
        fee_posted=nothing,
        taxes_posted=nothing,
        excused=nothing,
        taken_booked=nothing,
        charged=nothing,
        charged_pending=nothing,
    )


def judge(fact: Fact, checkout: Checkout | None, job: Job | None, collector_id: str) -> Verdict:
    """What an approved payment is to us. The order matters: whose, which money, then how much."""
    if fact.collector_id != collector_id or checkout is None or job is None:
        return Verdict.FOREIGN
    if fact.amount.currency != job.price.currency:
        return Verdict.RETURNS_UNPOSTED
    payable = checkout.status is CheckoutStatus.OPEN and job.status is JobStatus.AWAITING_PAYMENT
    return Verdict.FUNDS if payable and fact.amount == job.price else Verdict.RETURNS


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent(Event):
    """Something about one payment of one job."""

    payment_id: PaymentId
    job_id: JobId | None
    client_id: UserId | None


class PaymentConfirmed(PaymentEvent):
    """It funded the job."""


class PaymentFailed(PaymentEvent):
    """It was rejected or cancelled; the client may try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFlagged(PaymentEvent):
    """A person must look at it."""

    flag: Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReceived(Event):
    """The gateway says that a payment changed; nothing else it says is believed."""

    notice_id: str
    payment_id: PaymentId
