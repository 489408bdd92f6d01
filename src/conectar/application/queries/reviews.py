"""Reviews, as anybody may read them."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import ReviewRow
from conectar.application.views.work import ReviewerView, ReviewView
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import UserId


def review_view(row: ReviewRow) -> ReviewView:
    """A review; of its client only the first name is told."""
    review, client = row.review, row.client
    return ReviewView(
        id=review.id,
        job_id=review.job_id,
        professional_id=review.professional_id,
        client=ReviewerView(name=client.first_name, avatar_url=client.avatar_url),
        rating=review.rating,
        text=review.text,
        reply=review.reply,
        created_at=review.created_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReviews(Query[Listed[ReviewView]]):
    """What clients said of a professional whom the public may see, newest first."""

    professional_id: UserId
    page: Page


class ListReviewsHandler:
    """Reads them."""

    async def __call__(self, query: ListReviews, read: Readers) -> Listed[ReviewView]:
        """Raises NotFound for anybody who may not be shown."""
        known = existing(await read.professional(query.professional_id))
        if not known.professional.visible(known.user):
            raise NotFound()
        rows = await read.reviews(query.professional_id, query.page)
        return Listed(tuple(map(review_view, rows.items)), rows.total)
