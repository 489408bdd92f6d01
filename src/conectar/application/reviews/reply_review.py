"""A professional answers a review."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.message import Command
from conectar.application.ports.rows import ReviewRow
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.reviews import review_view
from conectar.application.views.work import ReviewView
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import ReviewId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReview(Command[ReviewView]):
    """Answers a review of the caller's work, once."""

    review_id: ReviewId
    text: str
    actor: Actor


class ReplyReviewHandler:
    """Answers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: ReplyReview, uow: UnitOfWork) -> ReviewView:
        """Raises NotFound, WrongSide, AccountSuspended, AlreadyReplied."""
        user = existing(await uow.users.find(person(command.actor)))
        review = existing(await uow.reviews.find(command.review_id))
        user.expect_active()
        review = review.answer(command.text, by=command.actor, at=self._clock.now())
        await uow.reviews.save(review)
        client = existing(await uow.read.job(review.job_id)).client
        return review_view(ReviewRow(review, client))
