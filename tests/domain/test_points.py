"""Points: for what, how many, and that asking again earns nothing new."""

from __future__ import annotations

from uuid import UUID

import pytest

from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import JobStatus, Trigger
from conectar.domain.kernel.ids import ReviewId
from conectar.domain.levels.points import PointScale, earned
from conectar.domain.reviews.review import Review

from .builders import (
    CLIENT,
    CLIENT_ID,
    DAY,
    PROFESSIONAL_ID,
    T0,
    approved,
    disputed,
    done,
    paid,
    reimbursed,
    resolved,
    scenes,
    taken_away,
)

SCENES = scenes()
USUAL_SCALE = PointScale()
FINISHED = done(paid(), T0 + DAY)
APPROVED = approved(FINISHED, T0 + 2 * DAY)
QUARREL = disputed(FINISHED, CLIENT, T0 + 2 * DAY)
CHARGED_BACK = taken_away(APPROVED, Trigger.SETTLE_CHARGEBACK, T0 + 5 * DAY)


def review(rating: int) -> Review:
    return Review(
        id=ReviewId(UUID(int=31)),
        job_id=FINISHED.id,
        professional_id=PROFESSIONAL_ID,
        client_id=CLIENT_ID,
        rating=rating,
        text="Good",
        created_at=T0,
    )


def points(job: Job, rating: int | None = None, scale: PointScale = USUAL_SCALE) -> dict[str, int]:
    written = None if rating is None else review(rating)
    grants = list(earned(job, written, T0 + 9 * DAY, scale))
    assert {grant.professional_id for grant in grants} <= {PROFESSIONAL_ID}
    assert {grant.created_at for grant in grants} <= {T0 + 9 * DAY}
    found = {grant.source_ref: grant.points for grant in grants}
    assert len(found) == len(grants), "one grant a thing"
    return found


JOB_REF, REVIEW_REF = f"job:{FINISHED.id}", f"review:{UUID(int=31)}"
WHOLE = {JOB_REF: 100}


@pytest.mark.parametrize(
    ("job", "wanted"),
    [
        (APPROVED, WHOLE),
        (FINISHED.lapse(at=T0 + 15 * DAY).job, WHOLE),
        (resolved(QUARREL, Trigger.RESOLVE_RELEASE, T0 + 3 * DAY), WHOLE),
        (resolved(QUARREL, Trigger.RESOLVE_SPLIT, T0 + 3 * DAY), {}),
        (resolved(FINISHED, Trigger.ORDER_SPLIT, T0 + 3 * DAY), {}),
        (resolved(QUARREL, Trigger.RESOLVE_REFUND, T0 + 3 * DAY), {}),
        (resolved(FINISHED, Trigger.ORDER_REFUND, T0 + 3 * DAY), {}),
        (FINISHED, {}),
        (QUARREL, {}),
    ],
)
def test_a_job_counts_once_its_money_is_released_whole(job: Job, wanted: dict[str, int]) -> None:
    assert points(job) == wanted


@pytest.mark.parametrize(("rating", "given"), [(5, 50), (4, 10), (3, 0), (2, 0), (1, 0)])
def test_good_words_count_once_the_job_is_approved(rating: int, given: int) -> None:
    by_stars = {REVIEW_REF: given} if given else {}
    assert points(APPROVED, rating) == WHOLE | by_stars
    assert points(resolved(QUARREL, Trigger.RESOLVE_SPLIT, T0 + 3 * DAY), rating) == by_stars
    assert points(FINISHED, rating) == {}, "it is written already, and counts later"
    assert points(QUARREL, rating) == {}
    assert points(resolved(QUARREL, Trigger.RESOLVE_REFUND, T0 + 3 * DAY), rating) == {}


def test_the_house_says_how_many() -> None:
    scale = PointScale(job=7, five_stars=3, four_stars=0)
    assert points(APPROVED, 5, scale) == {JOB_REF: 7, REVIEW_REF: 3}
    assert points(APPROVED, 4, scale) == {JOB_REF: 7}, "nothing is no grant"
    assert points(APPROVED, 4, PointScale(job=0)) == {REVIEW_REF: 10}


@pytest.mark.parametrize("name", SCENES)
def test_only_approved_jobs_have_earned_anything(name: str) -> None:
    scene = SCENES[name]
    over = scene.job.status is JobStatus.APPROVED
    assert (REVIEW_REF in points(scene.job, 5)) == over
    whole = over and "AD" in (scene.place, scene.as_was)
    assert (JOB_REF in points(scene.job)) == whole


def test_what_was_earned_is_named_alike_for_ever() -> None:
    """A chargeback and its end change nothing: the same names, so that nothing is given twice."""
    for job in (APPROVED, CHARGED_BACK, reimbursed(CHARGED_BACK, T0 + 6 * DAY)):
        assert points(job, 5) == WHOLE | {REVIEW_REF: 50}
