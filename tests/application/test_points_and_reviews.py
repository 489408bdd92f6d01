"""Points are earned once for each thing, whatever is delivered again or comes first."""

import asyncio
from pathlib import Path

import pytest

from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.levels.award_points import AwardPoints
from conectar.application.queries.levels import GetProgress
from conectar.application.reviews.write_review import WriteReview
from conectar.application.views.people import ProgressView
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.actor import person
from conectar.domain.kernel.errors import OutOfRange
from conectar.domain.levels.level import Level
from conectar.domain.levels.points import LevelUp, PointsEarned
from conectar.domain.reviews.review import AlreadyReviewed
from tests import actors
from tests.application.gateway_words import Place, Scene, Word, scene
from tests.application.overhearing import Overhearing
from tests.application.rooms import room
from tests.backends import House


async def progress(made: Scene) -> ProgressView:
    """How far the professional got, everything done."""
    await made.home.background.run_due()
    query = GetProgress(user_id=person(made.beto), actor=made.home.admin)
    return await made.home.core.execute(query)


async def review(made: Scene, rating: int) -> None:
    """The client says what he thinks."""
    await made.home.core.execute(
        WriteReview(job_id=made.job_id, rating=rating, text="Bien", actor=made.ana)
    )


@pytest.mark.parametrize(("place", "points"), [(Place.RELEASED, 100), (Place.SPLIT, 0)])
async def test_a_released_job_counts_and_a_divided_one_does_not(
    still: House, place: Place, points: int
) -> None:
    assert (await progress(await scene(still, place))).points == points


async def test_a_refunded_job_counts_nothing(still: House) -> None:
    assert (await progress(await scene(still, Place.RETURNING))).points == 0


@pytest.mark.parametrize(("rating", "points"), [(5, 50), (4, 10), (3, 0), (1, 0)])
@pytest.mark.parametrize("early", [True, False], ids=["before approval", "after approval"])
async def test_a_reviews_points_come_once_the_job_is_approved(
    still: House, rating: int, points: int, early: bool
) -> None:
    made = await scene(still, Place.DONE)
    if early:
        await review(made, rating)
        assert (await progress(made)).points == 0
    await still.core.execute(ApproveJob(job_id=made.job_id, actor=made.ana))
    if not early:
        await review(made, rating)
    shown = await progress(made)
    assert (shown.points, shown.rating_average, shown.total_reviews) == (100 + points, rating, 1)


async def test_however_often_it_is_told_it_is_given_once(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await review(made, 5)
    award = AwardPoints(job_id=made.job_id)
    await asyncio.gather(*(still.core.execute(award) for _ in range(5)))
    await still.core.execute(award)
    assert (await progress(made)).points == 150


async def test_what_the_gateway_does_later_neither_takes_nor_gives_points(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    for word in (Word.SETTLED, Word.REIMBURSED):
        await made.told(word)
        await still.core.execute(AwardPoints(job_id=made.job_id))
        assert (await progress(made)).points == 100


async def test_the_level_is_told_when_it_is_reached(backend: str, tmp_path: Path) -> None:
    heard = Overhearing()
    async with room(backend, tmp_path, heard) as home:
        made = await scene(home, Place.RELEASED)
        for number in range(2, 7):
            shown = await progress(made)
            assert shown.points == (number - 1) * 100
            assert heard.count(LevelUp) == (shown.level is not Level.BRONZE)
            await actors.approved_job(home, made.ana, made.beto)
        shown = await progress(made)
        assert (shown.level, heard.count(LevelUp), heard.count(PointsEarned)) == (
            Level.SILVER,
            1,
            6,
        )


async def test_a_commission_follows_for_acceptances_from_then_on(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    open_before = await actors.unpaid_job(still, made.ana, made.beto)
    for _ in range(4):
        await actors.approved_job(still, made.ana, made.beto)
    assert (await progress(made)).level is Level.SILVER
    after = await actors.unpaid_job(still, made.ana, made.beto)
    assert (open_before.commission_rate.basis_points, after.commission_rate.basis_points) == (
        1500,
        1200,
    )


@pytest.mark.parametrize("place", [Place.WORKING, Place.QUARREL, Place.RETURNING])
async def test_work_that_is_not_done_is_not_reviewed(still: House, place: Place) -> None:
    made = await scene(still, place)
    with pytest.raises(InvalidTransition):
        await review(made, 5)
    assert (await progress(made)).total_reviews == 0


async def test_stars_are_one_to_five_and_given_once(still: House) -> None:
    made = await scene(still, Place.DONE)
    for rating in (0, 6):
        with pytest.raises(OutOfRange):
            await review(made, rating)
    await review(made, 4)
    with pytest.raises(AlreadyReviewed):
        await review(made, 5)
    assert (await progress(made)).rating_average == 4
