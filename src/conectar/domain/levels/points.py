"""Points: what is earned for work and for good words, once for each.

A job counts when its money is released whole; a review counts once its job is approved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import UserId
from conectar.domain.levels.level import Level
from conectar.domain.reviews.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class PointScale:
    """What is given for what. Every figure is a setting; these are the defaults."""

    job: int = 100
    five_stars: int = 50
    four_stars: int = 10

    def of_stars(self, rating: int) -> int:
        """For a review."""
        return {5: self.five_stars, 4: self.four_stars}.get(rating, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointGrant:
    """`source_ref` names the one thing the points were given for, and is unique."""

    source_ref: str
    professional_id: UserId
    points: int
    created_at: datetime


def earned(
    job: Job, review: Review | None, at: datetime, scale: PointScale
) -> Iterator[PointGrant]:
    """Every grant a job has earned so far, whether given already or not."""
    if job.status is not JobStatus.APPROVED:
        return
    if job.released_as is EscrowStatus.RELEASED and scale.job:
        yield _grant(f"job:{job.id}", job, scale.job, at)
    if review and (points := scale.of_stars(review.rating)):
        yield _grant(f"review:{review.id}", job, points, at)


def _grant(ref: str, job: Job, points: int, at: datetime) -> PointGrant:
    return PointGrant(
        source_ref=ref, professional_id=job.professional_id, points=points, created_at=at
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEarned(Event):
    """So many more; `total` afterwards."""

    professional_id: UserId
    points: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelUp(Event):
    """A higher rung: a lower commission for offers accepted from now on."""

    professional_id: UserId
    level: Level
