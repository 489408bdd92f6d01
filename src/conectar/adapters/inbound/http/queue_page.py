"""The queue's own page, for administrators who sign in with their browser.

A browser can't send our tokens by itself. So name and password (Basic) open a session as
everybody's do, whose access token goes back in a cookie that is sent to this page alone and by this
page alone; whatever changes something needs the token, never the password.
"""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, asgi
from litestar.types import Receive, Scope, Send

from conectar.adapters.inbound.http.addresses import Addresses
from conectar.adapters.inbound.http.errors import RETRY_AFTER_S
from conectar.adapters.inbound.http.fields import EMAIL_MAX
from conectar.adapters.inbound.http.limits import AccountLimit
from conectar.adapters.inbound.http.refusals import TooManyRequests
from conectar.adapters.vocabulary.paths import QUEUE_COOKIE, QUEUE_PAGE
from conectar.application.accounts.end_session import EndSession
from conectar.application.accounts.log_in import LogIn
from conectar.application.core import Core
from conectar.application.ports.outside import Unavailable
from conectar.application.queries.people import Authenticate, Caller
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import DomainError

Call = Request[Any, Any, Any]
SAFE = ("GET", "HEAD")
INLINE = f'const root_path = "{QUEUE_PAGE}";'
"""What the page says in its own text, and all it may."""
HASH = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()
POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; "
    f"script-src 'self' 'sha256-{HASH}'"
)


class QueuePage:
    """The page behind its door. `answers` raises Unavailable while the queue does not: the page
    itself would break off."""

    def __init__(
        self,
        page: Any,
        answers: Callable[[], Awaitable[None]],
        core: Core,
        limit: AccountLimit,
        addresses: Addresses,
        *,
        https: bool,
    ) -> None:
        self._page = page
        self._answers = answers
        self._core = core
        self._limit = limit
        self._addresses = addresses
        self._https = https

    def mounted(self) -> Any:
        """For the application."""

        @asgi(QUEUE_PAGE, is_mount=True, copy_scope=True)
        async def queue_page(scope: Scope, receive: Receive, send: Send) -> None:
            await self(scope, receive, send)

        return queue_page

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request."""
        request: Call = Request(scope)
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        token = sent if scheme.lower() == "bearer" else request.cookies.get(QUEUE_COOKIE, "")
        basic = scheme.lower() == "basic" and request.method in SAFE
        try:
            if await self._is_admin(token):
                await self._answers()
                scope["path"], scope["root_path"] = scope["path"].rstrip("/") or "/", ""
                await self._page(scope, receive, _guarded(send))
                return
            answer = await self._signed_in(request, sent) if basic else _unknown()
        except Unavailable:
            answer = _said(503, **{"retry-after": str(RETRY_AFTER_S)})
        await answer.to_asgi_response(None, request)(scope, receive, send)

    async def _is_admin(self, token: str) -> bool:
        if not token:
            return False
        caller = await self._caller(token)
        return caller is not None and caller.actor.role is Role.ADMIN

    async def _caller(self, token: str) -> Caller | None:
        try:
            return await self._core.execute(Authenticate(access_token=token))
        except Unavailable:
            raise
        except DomainError:
            return None

    async def _signed_in(self, request: Call, sent: str) -> Response[bytes]:
        """To the page, with a cookie."""
        try:
            told = base64.b64decode(sent, validate=True).decode()
        except ValueError:
            return _unknown()
        email, _, password = told.partition(":")
        if "\0" in told or len(email) > EMAIL_MAX:
            return _unknown()
        try:
            address = self._addresses.of(request.scope, dict(request.scope["headers"]))
            await self._limit.hit_from(address)
            await self._limit.hit(email)
            device = request.headers.get("user-agent", "")[:200]
            opened = await self._core.execute(LogIn(email=email, password=password, device=device))
        except TooManyRequests as refusal:
            return _said(429, **{"retry-after": str(refusal.facts["retry_after"])})
        except Unavailable:
            raise
        except DomainError:
            return _unknown()
        caller = await self._caller(opened.access_token)
        if caller is None or caller.actor.role is not Role.ADMIN:
            if caller:
                ended = EndSession(session_id=caller.session_id, actor=caller.actor)
                await self._core.execute(ended)
            return _said(403)
        response = _said(303, location=QUEUE_PAGE)
        response.set_cookie(
            key=QUEUE_COOKIE,
            value=opened.access_token,
            path=QUEUE_PAGE,
            max_age=opened.expires_in,
            httponly=True,
            secure=self._https,
            samesite="strict",
        )
        return response


def _said(status: int, **headers: str) -> Response[bytes]:
    return Response(b"", status_code=status, headers=headers, media_type="text/plain")


def _unknown() -> Response[bytes]:
    answer = _said(401)
    answer.headers["WWW-Authenticate"] = 'Basic realm="Conectar", charset="UTF-8"'
    return answer


def _guarded(send: Send) -> Send:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            policy = (b"content-security-policy", POLICY.encode())
            message["headers"] = [*message["headers"], policy]
        await send(message)

    return sending
