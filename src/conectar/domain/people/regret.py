"""The right to regret a contract made at a distance (Código Civil y Comercial art. 1110; button
without registration: Disposición 954/2025). Whoever asks gets a code at once, whatever comes of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import JobId, UserId


class RegretOutcome(Enum):
    """What came of it."""

    UNKNOWN = "unknown"
    """No such job of that address: nobody is told."""
    CANCELLED = "cancelled"
    IN_DISPUTE = "in_dispute"
    """Said in the dispute that is open."""
    CASE = "case"
    """An administrator has to look."""
    CLOSED = "closed"
    """One did."""


class CaseClosed(DomainError):
    """Only a case can be closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """`id` is the code the person was given."""

    id: str
    email: str
    job_id: JobId | None
    reason: str | None
    outcome: RegretOutcome
    created_at: datetime
    explanation: str | None = None
    closed_at: datetime | None = None

    def forget(self, address: str) -> "Regret":
        """Whose it was is nobody any more; the code stays for who has it."""
        return replace(self, email=address, reason=None)

    def close(self, explanation: str, at: datetime) -> "Regret":
        """An administrator looked. Raises CaseClosed."""
        if self.outcome is not RegretOutcome.CASE:
            raise CaseClosed()
        return replace(self, outcome=RegretOutcome.CLOSED, explanation=explanation, closed_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegretReceived(Event):
    """A client regrets; both parties are told."""

    code: str
    job_id: JobId
    client_id: UserId
    professional_id: UserId
    outcome: RegretOutcome
