"""Reviews: who may write one, of what, and who answers."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest

from conectar.domain.jobs.job import Job
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError, Kind, NotFound, OutOfRange, WrongSide
from conectar.domain.kernel.ids import ReviewId, UserId
from conectar.domain.reviews.review import (
    AlreadyReplied,
    AlreadyReviewed,
    Review,
    reviewable,
    write,
)

from .builders import (
    ADMIN,
    CALLERS,
    CLIENT,
    CLIENT_ID,
    DAY,
    HOUR,
    PROFESSIONAL,
    PROFESSIONAL_ID,
    STRANGE_PROFESSIONAL,
    T0,
    done,
    frozen,
    paid,
    scenes,
)

SCENES = scenes()
REVIEWABLE = {"CO", "AD", "AS", "AX"}
FINISHED = done(paid(), T0 + DAY)


def written(job: Job = FINISHED, by: Actor = CLIENT, rating: int = 4) -> Review:
    return write(ReviewId(UUID(int=31)), job, by=by, at=T0 + 2 * DAY, rating=rating, text="Good")


def refusal(caller: str, place: str) -> type[DomainError] | None:
    """404 for strangers, 403 for the other side, then the wrong state."""
    if "strange" in caller:
        return NotFound
    if caller != "client":
        return WrongSide
    return None if place in REVIEWABLE else InvalidTransition


@pytest.mark.parametrize("name", SCENES)
def test_the_client_reviews_finished_work_and_nobody_else(name: str) -> None:
    scene = SCENES[name]
    for caller, rating in product(CALLERS, (0, 5)):
        wanted = refusal(caller, scene.place)
        by = CALLERS[caller]
        if wanted is not NotFound:
            assert reviewable(scene.job, by) == (wanted is None), (name, caller)
        if wanted or not rating:
            with pytest.raises(DomainError) as caught:
                written(scene.job, by, rating)
            assert type(caught.value) is (wanted or OutOfRange), (name, caller)
        else:
            assert written(scene.job, by, rating).rating == 5


def test_frozen_money_keeps_nobody_from_saying_what_he_thinks() -> None:
    assert written(frozen(FINISHED, at=T0 + DAY)).rating == 4


@pytest.mark.parametrize("rating", [1, 2, 3, 4, 5])
def test_a_review_says_whose_work_it_was(rating: int) -> None:
    review = written(rating=rating)
    assert (review.rating, review.text) == (rating, "Good")
    assert (review.job_id, review.created_at) == (FINISHED.id, T0 + 2 * DAY)
    assert (review.client_id, review.professional_id) == (CLIENT_ID, PROFESSIONAL_ID)
    assert (review.reply, review.replied_at) == (None, None)


@pytest.mark.parametrize("rating", [-1, 0, 6, 50])
def test_stars_are_one_to_five(rating: int) -> None:
    with pytest.raises(OutOfRange) as caught:
        written(rating=rating)
    assert caught.value.facts == {"field": "rating", "minimum": 1, "maximum": 5}


def test_the_professional_answers_once() -> None:
    review = written().answer("Thank you", by=PROFESSIONAL, at=T0 + 3 * DAY)
    assert (review.reply, review.replied_at) == ("Thank you", T0 + 3 * DAY)
    assert (review.rating, review.text) == (4, "Good")
    with pytest.raises(AlreadyReplied):
        review.answer("Again", by=PROFESSIONAL, at=T0 + 3 * DAY + HOUR)
    assert AlreadyReplied.kind is AlreadyReviewed.kind is Kind.REFUSED


def test_its_author_does_not_answer_it_and_a_stranger_finds_none() -> None:
    with pytest.raises(WrongSide):
        written().answer("Well", by=CLIENT, at=T0 + 3 * DAY)
    with pytest.raises(NotFound):
        written().answer("Well", by=Actor(Role.CLIENT, UserId(UUID(int=404))), at=T0 + 3 * DAY)


@pytest.mark.parametrize("by", [STRANGE_PROFESSIONAL, ADMIN, Actor(Role.PROFESSIONAL)])
def test_nobody_else_answers(by: Actor) -> None:
    for review in (written(), written().answer("Thanks", by=PROFESSIONAL, at=T0 + 3 * DAY)):
        with pytest.raises(NotFound):
            review.answer("Me, too", by=by, at=T0 + 3 * DAY)
