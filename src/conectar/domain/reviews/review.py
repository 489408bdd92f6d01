"""A review: stars and words of a client about one job, with one reply."""

from dataclasses import dataclass, replace
from datetime import datetime

from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError, NotFound, OutOfRange, WrongSide
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import JobId, ReviewId, UserId

REVIEWABLE = frozenset({JobStatus.COMPLETED, JobStatus.APPROVED})
STARS = range(1, 6)


class AlreadyReviewed(DomainError):
    """A job is reviewed once."""


class AlreadyReplied(DomainError):
    """A review is replied to once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`rating` is 1 to 5."""

    id: ReviewId
    job_id: JobId
    professional_id: UserId
    client_id: UserId
    rating: int
    text: str
    created_at: datetime
    reply: str | None = None
    replied_at: datetime | None = None

    def answer(self, text: str, *, by: Actor, at: datetime) -> "Review":
        """Raises NotFound for a stranger, WrongSide for its author, AlreadyReplied."""
        if by.user_id == self.client_id:
            raise WrongSide()
        if by.user_id != self.professional_id:
            raise NotFound()
        if self.reply is not None:
            raise AlreadyReplied()
        return replace(self, reply=text, replied_at=at)


def reviewable(job: Job, by: Actor) -> bool:
    """Whether the caller may review the job, if nobody has."""
    return job.status in REVIEWABLE and Role.CLIENT in job.roles_of(by)


def write(id: ReviewId, job: Job, *, by: Actor, at: datetime, rating: int, text: str) -> Review:
    """Raises NotFound for a stranger, WrongSide, InvalidTransition, OutOfRange."""
    if Role.CLIENT not in job.roles_of(by):
        raise WrongSide()
    if job.status not in REVIEWABLE:
        raise InvalidTransition(status=job.status.value)
    if rating not in STARS:
        raise OutOfRange(field="rating", minimum=1, maximum=5)
    return Review(
        id=id,
        job_id=job.id,
        professional_id=job.professional_id,
        client_id=job.client_id,
        rating=rating,
        text=text,
        created_at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCreated(Event):
    """A client said what he thinks."""

    review_id: ReviewId
    job_id: JobId
    professional_id: UserId
    client_id: UserId
    rating: int
