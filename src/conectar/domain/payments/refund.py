"""A refund: the intent that money go back to a client, and what became of it.

`created -> sent -> succeeded | unknown -> ... | manual`, and `void` before it was ever sent. The
intent and its pending posting commit before the gateway hears of it; its id is the idempotency key
of every call. A timeout, a 5xx or a crash leaves it `unknown`, never failed: the same key again,
then read back, in the end a person. One refund of a payment is in flight at a time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from conectar.domain.kernel.errors import DomainError, Kind
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import JobId, PaymentId, RefundId, RefundKey, UserId
from conectar.domain.kernel.money import Money


class RefundNotResolvable(DomainError):
    """Only an intent that waits for a person can be resolved by one."""


class RefundOutstanding(DomainError):
    """Another refund of the same payment has not ended yet."""


class EvidenceNeeded(DomainError):
    """Nobody's word is enough that money moved outside."""

    kind = Kind.MALFORMED


class RefundStatus(Enum):
    """How far it got."""

    CREATED = "created"
    SENT = "sent"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    MANUAL = "manual"
    VOID = "void"


IN_FLIGHT = frozenset({RefundStatus.SENT, RefundStatus.UNKNOWN})
OUTSTANDING = IN_FLIGHT | {RefundStatus.CREATED}
UNSETTLED = OUTSTANDING | {RefundStatus.MANUAL}
UNSENT = frozenset({RefundStatus.CREATED, RefundStatus.MANUAL})
"""The gateway does not work on these."""


class RefundOrigin(Enum):
    """Whose money goes back: a job's held money, a professional's, or a payment that funds none."""

    ESCROW = "escrow"
    SUSPENSE = "suspense"
    RELEASED = "released"
    """An administrator gives back what the professional had earned."""
    UNPOSTED = "unposted"
    """Of a currency the ledger does not keep."""


class Resolution(Enum):
    """What a person says of an intent on his list."""

    RETRY = "retry"
    CONFIRMED = "confirmed"
    BANK_TRANSFER = "bank_transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlan:
    """How long after each attempt the next comes: first the same call, then only reading back."""

    resend: tuple[timedelta, ...] = (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
    )
    read_back: tuple[timedelta, ...] = (
        timedelta(minutes=5),
        timedelta(hours=1),
        *(timedelta(days=1),) * 5,
    )
    lease: timedelta = timedelta(seconds=30)

    @property
    def waits(self) -> tuple[timedelta, ...]:
        """One after another."""
        return self.resend + self.read_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """`whole` asks the gateway for all of the payment. `attempts` counts answers that told
    nothing. `leased_until` keeps other workers away while one talks to the gateway; `version`
    fences a worker whose lease ran out; `refusals` counts the gateway's final noes; `baseline` is
    what had gone back before the first try. `correlation_id` and `trace_parent` (W3C) say which
    request or task decided it."""

    id: RefundId
    payment_id: PaymentId
    job_id: JobId
    client_id: UserId
    amount: Money
    whole: bool
    origin: RefundOrigin
    status: RefundStatus
    created_at: datetime
    next_at: datetime | None
    attempts: int = 0
    sends: int = 0
    refusals: int = 0
    leased_until: datetime | None = None
    gateway_id: str | None = None
    error: str | None = None
    evidence: str | None = None
    settled_at: datetime | None = None
    baseline: Money | None = None
    version: int = 1
    correlation_id: str | None = None
    trace_parent: str | None = None

    @property
    def key(self) -> RefundKey:
        """The intent's id. Once the gateway refused it for good it would answer that key the same
        for ever; nothing happened, so a person's retry may take another."""
        return RefundKey(f"{self.id}-{self.refusals}" if self.refusals else str(self.id))

    def claim(self, at: datetime, plan: RetryPlan, refunded: Money) -> "Refund":
        """One worker takes it: it counts as sent before a byte leaves. What of the payment is known
        to be `refunded` before the first try is not this refund. A lease that nobody gave back was
        a worker's death, which is an attempt that told nothing."""
        died = self.leased_until is not None
        if died and self.attempts >= len(plan.waits):
            return self.hand_over("its worker died each time")
        attempts, until = self.attempts + died, at + plan.lease
        return self._next(
            status=RefundStatus.UNKNOWN if self.status in IN_FLIGHT else RefundStatus.SENT,
            attempts=attempts,
            sends=self.sends + (attempts <= len(plan.resend)),
            baseline=refunded if self.baseline is None else self.baseline,
            leased_until=until,
            next_at=until,
        )

    def shows_in(self, refunded: Money) -> bool:
        """Whether the payment's own sum tells that it was made."""
        if self.whole or self.baseline is None:
            return self.amount <= refunded
        return self.baseline + self.amount <= refunded

    def resends(self, plan: RetryPlan) -> bool:
        """Whether this attempt still sends the same call; afterwards it only reads back."""
        return self.attempts <= len(plan.resend)

    def succeed(
        self, at: datetime, gateway_id: str | None, evidence: str | None = None
    ) -> "Refund":
        """The gateway, or a person with evidence, says that the money went back."""
        return self._next(
            status=RefundStatus.SUCCEEDED,
            gateway_id=gateway_id,
            evidence=evidence,
            settled_at=at,
            next_at=None,
            leased_until=None,
        )

    def unanswered(self, at: datetime, error: str, plan: RetryPlan) -> "Refund":
        """Nobody knows whether it happened: try again later, in the end ask a person."""
        if self.attempts >= len(plan.waits):
            return self.hand_over(error)
        return self._next(
            status=RefundStatus.UNKNOWN,
            attempts=self.attempts + 1,
            error=error,
            next_at=at + plan.waits[self.attempts],
            leased_until=None,
        )

    def refuse(self, error: str) -> "Refund":
        """The gateway said no for good, and nothing happened: a person's list."""
        return replace(self, refusals=self.refusals + 1, baseline=None).hand_over(error)

    def hand_over(self, error: str) -> "Refund":
        """Silent for too long: a person's list."""
        return self._next(status=RefundStatus.MANUAL, error=error, next_at=None, leased_until=None)

    def void(self, why: str) -> "Refund":
        """It is not sent any more: the gateway stopped the money, or took it."""
        return self._next(status=RefundStatus.VOID, error=why, next_at=None, leased_until=None)

    def retry(self, at: datetime) -> "Refund":
        """A person wants it tried again, with the same key."""
        self.expect_manual()
        return self._next(status=RefundStatus.UNKNOWN, attempts=0, next_at=at, error=None)

    def expect_manual(self) -> None:
        """Raises RefundNotResolvable unless it waits for a person."""
        if self.status is not RefundStatus.MANUAL:
            raise RefundNotResolvable(status=self.status.value)

    def _next(self, **changes: object) -> "Refund":
        """Raises RefundNotResolvable for one that has ended."""
        if self.status not in UNSETTLED:
            raise RefundNotResolvable(status=self.status.value)
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(Event):
    """A refund needs a person."""

    refund_id: RefundId
    payment_id: PaymentId
    job_id: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundArrived(Event):
    """The client has money again that no step of a job tells of: a part, or of a payment that funds
    none."""

    refund_id: RefundId
    job_id: JobId
    client_id: UserId
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningsTaken(Event):
    """An administrator gave the client back what the professional had earned: so much of it."""

    refund_id: RefundId
    job_id: JobId
    professional_id: UserId
    amount: Money
