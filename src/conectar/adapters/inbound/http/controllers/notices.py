"""`/notifications` and `/arrepentimiento`: what people are told, and what they may always say."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get, post, put
from litestar.params import FromPath
from litestar.response import Stream

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, show, signed_in
from conectar.adapters.inbound.http.feed import MEDIA, Feed
from conectar.adapters.inbound.http.reading import flag, page, read, uid
from conectar.adapters.inbound.http.refusals import Malformed
from conectar.adapters.inbound.http.spec import PAGE, about
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.events import OPEN_EVENTS
from conectar.adapters.vocabulary.fields import spanish
from conectar.adapters.vocabulary.messages import NOTES
from conectar.application.core import Core
from conectar.application.notices.read_notices import (
    ChangePreferences,
    ReadAllNotices,
    ReadNotice,
)
from conectar.application.people.regret_job import RegretJob
from conectar.application.queries.notices import FollowNotices, GetPreferences, ListNotices
from conectar.application.views.house import RegretCodeView
from conectar.application.views.people import NoteView, NoticeView, PreferencesView
from conectar.domain.kernel.ids import JobId, NoticeId

T = TypeVar("T")
READ, KIND = spanish("read"), spanish("kind")
HISTORY = {READ: {"type": "boolean"}, KIND: {"type": "string", "enum": list(OPEN_EVENTS)}, **PAGE}


class NoticesController(Controller):
    """What whoever asks was told."""

    path = paths.NOTICES
    tags = (paths.NOTICES_TAG,)
    guards = (signed_in,)

    @get("/preferences", opt=about(GetPreferences, PreferencesView))
    async def preferences(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """How he wants to be told."""
        return show(request, await core.execute(GetPreferences(actor=request.user)))

    @put("/preferences", opt=about(ChangePreferences, PreferencesView, body=s.PreferencesIn))
    async def change(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Says how."""
        body = await read(request, s.PreferencesIn)
        given = {name: getattr(body, name) for name in s.PreferencesIn.__struct_fields__}
        changes = {name: value for name, value in given.items() if value is not None}
        return await answer(request, core, ChangePreferences(changes=changes, actor=request.user))

    @get(
        "/history",
        opt=about(
            ListNotices,
            tuple[NoticeView, ...],
            query=HISTORY,
            listed=True,
            headers=("X-Unread-Count",),
        ),
    )
    async def history(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists them; `X-Unread-Count` says how many of all were not read."""
        kind = request.query_params.get(KIND)
        if kind is not None and kind not in OPEN_EVENTS:
            raise Malformed.field(KIND)
        query = ListNotices(
            read=flag(request, READ), event=kind, page=page(request), actor=request.user
        )
        found = await core.execute(query)
        response = show(request, found.page)
        response.headers["X-Unread-Count"] = str(found.unread)
        return response

    @get(paths.NOTICES_FEED, opt=about(FollowNotices, bytes, media=(MEDIA,)))
    async def follow(self, request: Call, feed: FromDishka[Feed]) -> Stream:
        """Tells of them as they come, and of those since `Last-Event-ID`; one may come twice."""
        after = _known(request.headers.get("last-event-id", ""), NoticeId)
        stream = await feed.follow(request.user, after)
        return Stream(stream, media_type=MEDIA, headers={"X-Accel-Buffering": "no"})

    @put(paths.NOTICE_READ, opt=about(ReadNotice, NoticeView, body=s.Nothing, errors=(404,)))
    async def read_one(
        self, request: Call, notice_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """He has seen one."""
        await read(request, s.Nothing)
        message = ReadNotice(notice_id=NoticeId(uid(notice_id)), actor=request.user)
        return await answer(request, core, message)

    @put(paths.NOTICES_READ, opt=about(ReadAllNotices, NoteView, body=s.Nothing))
    async def read_all(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """He has seen them all."""
        await read(request, s.Nothing)
        note = NoteView(message=NOTES["notices_read"], success=True)
        return await answer(request, core, ReadAllNotices(actor=request.user), note)


class RegretController(Controller):
    """The button of regret."""

    tags = (paths.REGRET_TAG,)

    @post(
        paths.REGRET,
        status_code=202,
        opt=about(RegretJob, RegretCodeView, body=s.RegretIn),
    )
    async def regret(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Regrets a contract, without an account."""
        body = await read(request, s.RegretIn)
        message = RegretJob(email=body.email, job_id=_known(body.job_id, JobId), reason=body.reason)
        return await answer(request, core, message)


def _known(sent: str, kind: Callable[[UUID], T]) -> T | None:
    """What is no id is nobody's."""
    try:
        return kind(UUID(sent))
    except ValueError:
        return None
