"""What happens to a job."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.events import Event, Moved
from conectar.domain.kernel.ids import JobId, OfferId, UserId
from conectar.domain.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMoved(Moved):
    """One step of a job. `deadline_at` is what it then waits for, if anything."""

    job_id: JobId
    client_id: UserId
    professional_id: UserId
    before: JobStatus | None
    status: JobStatus
    escrow: EscrowStatus
    deadline_at: datetime | None = None

    @property
    def subject_id(self) -> UUID:
        """The job."""
        return self.job_id

    @property
    def states(self) -> tuple[Enum | None, Enum, Enum | None]:
        """(status before, status after, escrow after)."""
        return self.before, self.status, self.escrow


class JobCreated(JobMoved):
    """An accepted offer became a job."""


class JobPaid(JobMoved):
    """The client's payment is held."""


class JobCompleted(JobMoved):
    """The professional says the work is done."""


class ChangesRequested(JobMoved):
    """The client wants something done again."""


class JobApproved(JobMoved):
    """The client approved, or said nothing for long enough."""


class JobCancelled(JobMoved):
    """The job ended; held money is on its way back."""


class RefundProcessed(JobMoved):
    """The refund reached the client."""


class DisputeOpened(JobMoved):
    """A party, or an administrator who suspended one, questions the work."""


class DisputeTaken(JobMoved):
    """An administrator looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeWithdrawn(JobMoved):
    """Who opened it lets it be. `spent`: he is the client, and has neither a dispute nor changes
    left to ask for."""

    spent: bool


class DisputeResolved(JobMoved):
    """An administrator decided, or nobody did for long enough."""


class EscrowFrozen(JobMoved):
    """The gateway stopped the money."""


class EscrowUnfrozen(JobMoved):
    """The gateway let it go, or gave back what it had taken."""


class PaymentChargedBack(JobMoved):
    """The gateway took the money for the client's bank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowReleased(Event):
    """Held money became the professional's: the whole of it, or what a division left."""

    job_id: JobId
    offer_id: OfferId
    professional_id: UserId
    net: Money
    commission: Money
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReminder(Event):
    """Its deadline is near, and with it the default."""

    job_id: JobId
    client_id: UserId
    professional_id: UserId
    status: JobStatus
    deadline_at: datetime
