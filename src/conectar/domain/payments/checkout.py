"""A checkout: our own intent that a job be paid. Its id is the gateway's external reference.

A job has at most one open checkout. It closes when the job is paid or ends; a payment that arrives
for a closed one is returned whole.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import CheckoutId, JobId, UserId
from conectar.domain.kernel.money import Money

LATE, LATE_WAIT = timedelta(days=7), timedelta(days=1)


class NotPayable(DomainError):
    """The job is paid already, or closed."""


class CheckoutStatus(Enum):
    """Whether it may still be paid."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """`preference_id` and `init_point` are the gateway's, once it was told. `checks` counts the
    times we asked the gateway by ourselves, the next at `check_at`; None: no more."""

    id: CheckoutId
    job_id: JobId
    client_id: UserId
    amount: Money
    status: CheckoutStatus
    created_at: datetime
    expires_at: datetime
    preference_id: str | None = None
    init_point: str | None = None
    checks: int = 0
    check_at: datetime | None = None

    def opened_at_gateway(self, preference_id: str, init_point: str) -> "Checkout":
        """The gateway made its preference."""
        return replace(self, preference_id=preference_id, init_point=init_point)

    def polled(self, at: datetime, waits: tuple[timedelta, ...]) -> "Checkout":
        """We asked by ourselves; the last wait repeats. After its end, paid or not, it is asked
        about once a day for a week, for somebody may have paid late and the notice be lost."""
        checks = self.checks + 1
        wait = waits[min(checks, len(waits) - 1)] if at < self.expires_at else LATE_WAIT
        check_at = at + wait if at < self.expires_at + LATE else None
        return replace(self, checks=checks, check_at=check_at)

    def close(self, status: CheckoutStatus) -> "Checkout":
        """Paid, or the job ended."""
        return replace(self, status=status)
