"""`/resenas` and `/gamification`: good words, and what comes of them."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get, post
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, show, signed_in
from conectar.adapters.inbound.http.reading import number, page, read, uid
from conectar.adapters.inbound.http.spec import PAGE, about
from conectar.adapters.vocabulary import paths
from conectar.application.core import Core
from conectar.application.queries.levels import GetLeaderboard, GetProgress
from conectar.application.queries.professionals import ListLevels
from conectar.application.queries.reviews import ListReviews
from conectar.application.reviews.reply_review import ReplyReview
from conectar.application.reviews.write_review import WriteReview
from conectar.application.views.people import LeaderView, LevelView, ProgressView
from conectar.application.views.work import ReviewView
from conectar.domain.kernel.ids import JobId, ReviewId, UserId

LIMIT = {"limit": PAGE["limit"]}


class ReviewsController(Controller):
    """Reviews of finished work."""

    path = paths.REVIEWS
    tags = (paths.REVIEWS_TAG,)

    @get(
        paths.REVIEWS_OF,
        opt=about(ListReviews, tuple[ReviewView, ...], query=PAGE, listed=True, errors=(404,)),
    )
    async def reviews(
        self, request: Call, professional_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """What clients said of a professional."""
        query = ListReviews(professional_id=UserId(uid(professional_id)), page=page(request))
        return show(request, await core.execute(query))

    @post(
        "/",
        guards=[signed_in],
        opt=about(WriteReview, ReviewView, body=s.ReviewIn, errors=(400, 403, 404)),
    )
    async def write(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Reviews a job."""
        body = await read(request, s.ReviewIn)
        message = WriteReview(
            job_id=JobId(body.job_id), rating=body.rating, text=body.text, actor=request.user
        )
        return await answer(request, core, message)

    @post(
        paths.REVIEW_REPLY,
        guards=[signed_in],
        opt=about(ReplyReview, ReviewView, body=s.ReplyIn, errors=(400, 404)),
    )
    async def reply(
        self, request: Call, review_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Answers one."""
        body = await read(request, s.ReplyIn)
        message = ReplyReview(
            review_id=ReviewId(uid(review_id)), text=body.text, actor=request.user
        )
        return await answer(request, core, message)


class LevelsController(Controller):
    """The ladder, and who stands where."""

    path = "/gamification"
    tags = (paths.LEVELS_TAG,)

    @get("/levels", opt=about(ListLevels, tuple[LevelView, ...]))
    async def levels(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """The ladder of levels."""
        return show(request, await core.execute(ListLevels()))

    @get("/leaderboard", opt=about(GetLeaderboard, tuple[LeaderView, ...], query=LIMIT))
    async def leaders(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Who has most points."""
        query = GetLeaderboard(limit=number(request, "limit", 20, 1, 100))
        return show(request, await core.execute(query))

    @get(
        "/user/{user_id:str}",
        guards=[signed_in],
        opt=about(GetProgress, ProgressView, errors=(404,)),
    )
    async def progress(
        self, request: Call, user_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """How far one professional got."""
        query = GetProgress(user_id=UserId(uid(user_id)), actor=request.user)
        return show(request, await core.execute(query))
