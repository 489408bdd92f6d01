"""A client says what he thinks of the work."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.jobs.moving import find
from conectar.application.message import Command
from conectar.application.ports.rows import ReviewRow
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.reviews import review_view
from conectar.application.views.work import ReviewView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import JobId, ReviewId
from conectar.domain.reviews.review import ReviewCreated, write


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReview(Command[ReviewView]):
    """Gives one to five stars and some words to a job that is done or approved, once. The
    professional's average follows at once; points come when the job is approved."""

    job_id: JobId
    rating: int
    text: str
    actor: Actor


class WriteReviewHandler:
    """Writes."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: WriteReview, uow: UnitOfWork) -> ReviewView:
        """Raises NotFound, WrongSide, InvalidTransition, OutOfRange, AlreadyReviewed."""
        now = self._clock.now()
        job = await find(command.job_id, command.actor, uow)
        review = write(
            ReviewId(self._ids.new()),
            job,
            by=command.actor,
            at=now,
            rating=command.rating,
            text=command.text,
        )
        await uow.reviews.add(review)
        professional = existing(await uow.professionals.find(job.professional_id))
        professional = professional.rated(review.rating)
        await uow.professionals.save(professional)
        user = existing(await uow.users.peek(professional.id))
        await uow.search.replace(user, professional)
        await uow.outbox.record(
            ReviewCreated(
                at=now,
                review_id=review.id,
                job_id=job.id,
                professional_id=job.professional_id,
                client_id=job.client_id,
                rating=review.rating,
            )
        )
        client = existing(await uow.read.job(job.id)).client
        return review_view(ReviewRow(review, client))
