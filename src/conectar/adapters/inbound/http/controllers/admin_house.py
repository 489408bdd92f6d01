"""`/admin`, where the house is looked after."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get, post
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, role, show, signed_in
from conectar.adapters.inbound.http.reading import page, read, uid, word, words
from conectar.adapters.inbound.http.spec import PAGE, about, coded
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.fields import spanish
from conectar.adapters.vocabulary.messages import NOTES
from conectar.application.core import Core
from conectar.application.house.ban_user import BanUser, UnbanUser
from conectar.application.house.redrive_event import RedriveEvent
from conectar.application.people.regret_job import CloseRegret
from conectar.application.queries.admin import (
    GetDashboard,
    GetUserMetrics,
    ListAudit,
    ListPendingEvents,
    ListRegrets,
    ListUsers,
)
from conectar.application.views.house import (
    AuditView,
    DashboardView,
    DeliveryView,
    RegretView,
    UserMetricsView,
)
from conectar.application.views.people import NoteView, UserView
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import EventId, UserId
from conectar.domain.people.regret import RegretOutcome

ROLE, OUTCOME = spanish("role"), spanish("outcome")
WORDS_MAX = 300
USERS = {ROLE: coded(Role), "q": {"type": "string", "maxLength": WORDS_MAX}, **PAGE}
REGRETS = {OUTCOME: coded(RegretOutcome), **PAGE}


class AdminHouseController(Controller):
    """For administrators only."""

    path = "/admin"
    tags = (paths.ADMIN_TAG,)
    guards = (signed_in, role(Role.ADMIN))

    @get("/users", opt=about(ListUsers, tuple[UserView, ...], query=USERS, listed=True))
    async def users(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists accounts."""
        query = ListUsers(
            role=word(request, ROLE, Role),
            words=words(request, "q", WORDS_MAX),
            page=page(request),
            actor=request.user,
        )
        return show(request, await core.execute(query))

    @post(
        "/users/{user_id:str}/ban",
        status_code=200,
        opt=about(BanUser, UserView, body=s.WhyIn, errors=(400, 404)),
    )
    async def ban(
        self, request: Call, user_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Suspends somebody."""
        body = await read(request, s.WhyIn)
        message = BanUser(user_id=UserId(uid(user_id)), reason=body.reason, actor=request.user)
        return await answer(request, core, message)

    @post(
        "/users/{user_id:str}/unban",
        status_code=200,
        opt=about(UnbanUser, UserView, body=s.Nothing, errors=(400, 404)),
    )
    async def unban(
        self, request: Call, user_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Lets somebody back."""
        await read(request, s.Nothing)
        message = UnbanUser(user_id=UserId(uid(user_id)), actor=request.user)
        return await answer(request, core, message)

    @get("/dashboard/stats", opt=about(GetDashboard, DashboardView))
    async def dashboard(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """The house at a glance."""
        return show(request, await core.execute(GetDashboard(actor=request.user)))

    @get("/metrics/users", opt=about(GetUserMetrics, UserMetricsView))
    async def user_metrics(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """How many people there are."""
        return show(request, await core.execute(GetUserMetrics(actor=request.user)))

    @get("/audit", opt=about(ListAudit, tuple[AuditView, ...], query=PAGE, listed=True))
    async def audit(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """What administrators did and looked at."""
        query = ListAudit(page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @get(
        "/events/pending",
        opt=about(ListPendingEvents, tuple[DeliveryView, ...], query=PAGE, listed=True),
    )
    async def pending(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Reactions that have not happened yet."""
        query = ListPendingEvents(page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post(
        "/events/{event_id:str}/redrive",
        status_code=200,
        opt=about(RedriveEvent, NoteView, body=s.Nothing, errors=(404,)),
    )
    async def redrive(
        self, request: Call, event_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Has another try."""
        await read(request, s.Nothing)
        message = RedriveEvent(event_id=EventId(uid(event_id)), actor=request.user)
        note = NoteView(message=NOTES["redriven"], success=True)
        return await answer(request, core, message, note)

    @get(
        paths.ADMIN_REGRETS,
        opt=about(ListRegrets, tuple[RegretView, ...], query=REGRETS, listed=True),
    )
    async def regrets(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Who regretted."""
        outcome = word(request, OUTCOME, RegretOutcome)
        query = ListRegrets(outcome=outcome, page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post(
        paths.ADMIN_REGRET_CLOSE,
        status_code=200,
        opt=about(CloseRegret, RegretView, body=s.CloseRegretIn, errors=(400, 404)),
    )
    async def close_regret(
        self, request: Call, code: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Closes a case."""
        body = await read(request, s.CloseRegretIn)
        message = CloseRegret(code=code, explanation=body.explanation, actor=request.user)
        return await answer(request, core, message)
