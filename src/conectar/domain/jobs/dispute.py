"""A dispute: why a job stopped, what both sides say, and how it ended.

Where it is belongs to the job's joint state; the record follows the job and never leads it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import QUARRELLING, DisputeStatus, EscrowStatus
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import OutOfRange
from conectar.domain.kernel.ids import DisputeId, EvidenceId, JobId, MessageId, UserId
from conectar.domain.kernel.money import Money, Rate

EVIDENCE_MAX = 50
"""Files a dispute may gather."""


class DisputeReason(Enum):
    """Why."""

    WORK_QUALITY = "work_quality"
    NOT_DONE = "not_done"
    LATE = "late"
    AMOUNT = "amount"
    SUSPENSION = "suspension"
    """Only an administrator's ban gives this one."""
    OTHER = "other"


PARTIES_REASONS = tuple(
    reason for reason in DisputeReason if reason is not DisputeReason.SUSPENSION
)


class Ruling(Enum):
    """How it ended."""

    REFUND = "refund"
    RELEASE = "release"
    SPLIT = "split"


RULING_OF = {
    EscrowStatus.RELEASED: Ruling.RELEASE,
    EscrowStatus.SPLIT: Ruling.SPLIT,
    EscrowStatus.REFUNDING: Ruling.REFUND,
    EscrowStatus.REFUNDED: Ruling.REFUND,
}
"""Read off the money. A payment that was charged back ends a dispute without a ruling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """`opened_by` is a person, `opener` the part he played. `client_percent` only when divided;
    `refunded` and `released` (before the commission) add up to the price."""

    id: DisputeId
    job_id: JobId
    opened_by: UserId
    opener: Role
    cause: DisputeReason
    description: str
    status: DisputeStatus
    created_at: datetime
    ruling: Ruling | None = None
    client_percent: int | None = None
    explanation: str | None = None
    refunded: Money | None = None
    released: Money | None = None
    resolved_at: datetime | None = None

    def expect_open(self) -> None:
        """Raises InvalidTransition once it ended."""
        if self.status not in QUARRELLING:
            raise InvalidTransition(status=self.status.value)

    def follow(
        self, job: Job, at: datetime, explanation: str | None, client_percent: int | None = None
    ) -> "Dispute":
        """Where the job's own move left it."""
        if job.dispute is not DisputeStatus.RESOLVED:
            ended = at if job.dispute is DisputeStatus.WITHDRAWN else None
            return replace(self, status=job.dispute, resolved_at=ended)
        ruling = RULING_OF.get(job.escrow)
        to_client = (
            {
                Ruling.REFUND: job.price,
                Ruling.RELEASE: Money.ZERO,
                Ruling.SPLIT: job.to_client,
            }.get(ruling)
            if ruling
            else None
        )
        return replace(
            self,
            status=job.dispute,
            ruling=ruling,
            client_percent=client_percent,
            explanation=explanation,
            refunded=to_client,
            released=None if to_client is None else job.price - to_client,
            resolved_at=at,
        )


def opened(job: Job, *, by: Actor, at: datetime, cause: DisputeReason, description: str) -> Dispute:
    """The record of the dispute that a job has just entered."""
    assert job.dispute_id is not None and by.user_id is not None, "a person opened it"
    return Dispute(
        id=job.dispute_id,
        job_id=job.id,
        opened_by=by.user_id,
        opener=by.role,
        cause=cause,
        description=description,
        status=job.dispute,
        created_at=at,
    )


def clients_part(price: Money, percent: int) -> Money:
    """That part of the price, half to even. Raises OutOfRange outside 1-99."""
    if not 1 <= percent <= 99:
        raise OutOfRange(field="client_percent", minimum=1, maximum=99)
    return price.share(Rate(percent * 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeMessage:
    """What somebody said in it."""

    id: MessageId
    dispute_id: DisputeId
    author_id: UserId
    author_role: Role
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file somebody showed; `key` finds it in the storage."""

    id: EvidenceId
    dispute_id: DisputeId
    uploaded_by: UserId
    name: str
    key: str
    media_type: str
    created_at: datetime
