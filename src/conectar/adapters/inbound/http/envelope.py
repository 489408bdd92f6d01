"""Around every request, whatever becomes of it: its correlation id, its span, the limits, the
headers, a line in the log. It stands outside the framework, so that a request without a route is
treated alike."""

import re
from random import getrandbits
from time import perf_counter
from typing import Any

import structlog
from litestar import Response
from litestar.types import ASGIApp, Message, Receive, Send

from conectar.adapters.inbound.http.addresses import Addresses
from conectar.adapters.inbound.http.call import Shown
from conectar.adapters.inbound.http.errors import problem
from conectar.adapters.inbound.http.limits import LOGIN, OFF
from conectar.adapters.inbound.http.refusals import NoSuchRoute, TooManyRequests
from conectar.adapters.vocabulary.paths import API, WEBHOOK_PATH
from conectar.application.ports.system import Allowance, Limiter, Telemetry
from conectar.application.ports.telemetry_context import CORRELATION_ID
from conectar.domain.kernel.errors import DomainError

CORRELATION = re.compile(r"[A-Za-z0-9._-]{1,64}")
LOGIN_PATH = f"{API}/auth/login"
UNLIMITED = ("/health/", "/metrics/", f"{WEBHOOK_PATH}/")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SLASHES = re.compile("/+")
SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

Headers = list[tuple[bytes, bytes]]


class Envelope:
    """An ASGI application around the framework's."""

    def __init__(
        self,
        app: ASGIApp,
        limiter: Limiter,
        telemetry: Telemetry,
        *,
        limit: str,
        login_limit: str,
        addresses: Addresses,
        https: bool,
        left_alone: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self._left_alone = left_alone
        self._limiter = limiter
        self._telemetry = telemetry
        self._limits = {"default": limit, LOGIN: login_limit}
        self._addresses = addresses
        self._security = (*SECURITY, HSTS) if https else SECURITY
        self._log = structlog.stdlib.get_logger("conectar.http").bind()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request, or the life of the program."""
        if scope["type"] != "http" or scope["path"].startswith(self._left_alone):
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"])
        sent = _text(given, b"x-correlation-id")
        correlation = sent if sent and CORRELATION.fullmatch(sent) else _new_id()
        token = CORRELATION_ID.set(correlation)
        try:
            with self._telemetry.span(_method(scope), _text(given, b"traceparent")):
                await self._handle(scope, receive, send, correlation, given)
        finally:
            CORRELATION_ID.reset(token)

    async def _handle(
        self,
        scope: Any,
        receive: Receive,
        send: Send,
        correlation: str,
        given: dict[bytes, bytes],
    ) -> None:
        started, status, seconds = perf_counter(), 0, 0.0
        extra: Headers = [(b"x-correlation-id", correlation.encode())]

        async def sending(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                # a stream lasts as long as somebody listens: what counts is when it begins
                status, seconds = message["status"], perf_counter() - started
                there = dict(message["headers"])
                safe = [h for h in self._security if h[0] not in there]
                message["headers"] = [*message["headers"], *extra, *safe]
            await send(message)

        refusal = await self._refusal(scope, given, extra)
        if refusal is None:
            await self.app(scope, receive, sending)
        else:
            context = Shown(correlation, _language(given), scope["path"])
            await _send(problem(refusal, context), sending)
        method, route = _method(scope), scope.get("path_template") or "-"
        if not status:  # nobody was answered
            seconds = perf_counter() - started
        self._telemetry.requested(method, route, status, seconds)
        milliseconds = round(seconds * 1000, 2)
        self._log.info(
            "request", method=method, route=route, status=status, milliseconds=milliseconds
        )

    async def _refusal(
        self, scope: Any, given: dict[bytes, bytes], extra: Headers
    ) -> DomainError | None:
        if "\0" in scope["path"]:
            return NoSuchRoute()
        used_up = await self._limit(scope, given, extra)
        return TooManyRequests(retry_after=used_up.reset_seconds) if used_up else None

    async def _limit(
        self, scope: Any, given: dict[bytes, bytes], extra: Headers
    ) -> Allowance | None:
        """Counts the request; adds the headers of the limit; answers the one that is used up."""
        path = scope["path"].rstrip("/")
        if "//" in path:
            path = SLASHES.sub("/", path)
        if f"{path}/".startswith(UNLIMITED):
            return None
        name = LOGIN if path == LOGIN_PATH and scope["method"] == "POST" else "default"
        if self._limits[name] == OFF:
            return None
        address = self._addresses.of(scope, given)
        allowance = await self._limiter.hit(self._limits[name], f"{name}:{address}")
        policy = f'"{name}";q={allowance.limit};w={allowance.window_seconds}'
        left = f'"{name}";r={allowance.remaining};t={allowance.reset_seconds}'
        extra += [(b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())]
        return None if allowance.allowed else allowance


def _text(given: dict[bytes, bytes], name: bytes) -> str | None:
    sent = given.get(name)
    return sent.decode("latin-1") if sent else None


def _new_id() -> str:
    """It is no secret, so it need not be a dear one."""
    return getrandbits(128).to_bytes(16).hex()


def _method(scope: Any) -> str:
    """One of few, whatever somebody sends."""
    return scope["method"] if scope["method"] in METHODS else "OTHER"


async def _send(response: Response[bytes], send: Send) -> None:
    headers = [(b"content-type", str(response.media_type).encode())]
    headers += [(k.lower().encode(), str(v).encode()) for k, v in response.headers.items()]
    status = response.status_code or 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": response.content, "more_body": False})


def _language(given: dict[bytes, bytes]) -> str:
    return "en" if given.get(b"accept-language", b"").strip().lower().startswith(b"en") else "es"
