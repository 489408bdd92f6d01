"""What whoever watches over the house reads off it, all at one moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

ACTIVE = timedelta(minutes=15)
"""How lately somebody's session must have been used for him to count as here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """People and work, and what somebody may have to be woken for. Ages are of the oldest, zero
    without any; `ledger_cents` sums every entry, so that anything but zero is wrong."""

    active_users: int
    jobs_in_progress: int
    oldest_delivery_seconds: float
    dead_deliveries: int
    unknown_refunds: int
    oldest_unknown_refund_seconds: float
    manual_refunds: int
    flagged_payments: int
    suspense_cents: int
    ledger_cents: int


def age(of: datetime | None, at: datetime) -> float:
    """In seconds; zero for nothing, and for what a clock that was moved has put ahead."""
    return max((at - of).total_seconds(), 0.0) if of else 0.0


class GaugeReader(Protocol):
    """Figures of the whole house."""

    async def gauges(self, at: datetime) -> Gauges:
        """As they are at that moment."""
        ...
