"""Where every API call comes in: token, faults, idempotency, the log, and the answer.

Order: 401; the fault that strikes before anything happens; the key; the operation; the fault that
strikes after it. A call refused for its token uses up no fault.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from conectar.sandbox.documents import Document, encode, fingerprint, load
from conectar.sandbox.errors import MercadoPagoError, bad_request
from conectar.sandbox.faults import HANG_S, RETRY_AFTER_S, SLOW_S
from conectar.sandbox.records import Call
from conectar.sandbox.world import World

Perform = Callable[[Document], tuple[int, Any]]
AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, ready to be sent."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


async def answer(
    world: World,
    request: AnyRequest,
    perform: Perform,
    *,
    operation: str | None = None,
    needs_key: bool = False,
) -> Response[bytes]:
    """Answer one API call. ``perform`` takes the parsed body and gives status and JSON value, or
    raises ``MercadoPagoError``; ``operation`` is the faults' name for it."""
    raw = await request.body()
    call = _open(world, request, raw)
    world.catch_up()
    try:
        _check_token(request, world.settings.access_token)
    except MercadoPagoError as error:
        return _close(world, call, _refused(error))
    call.fallo = world.faults.take(operation)
    if call.fallo == "drop":
        _close(world, call, None)
        return CutConnection()
    struck = _struck(call.fallo)
    if struck is not None:
        return _close(world, call, struck)
    try:
        given = await _perform_once(world, request, call, raw, perform, needs_key)
    except MercadoPagoError as error:
        given = _refused(error)
    response = _close(world, call, given)
    if call.fallo == "timeout_after_success":
        await _hang(world, request)
        return CutConnection()
    return response


async def _perform_once(
    world: World, request: AnyRequest, call: Call, raw: bytes, perform: Perform, needs_key: bool
) -> Answer:
    document = load(raw) if request.method != "GET" else {}
    key = call.clave if request.method != "GET" else None
    if key is None:
        if needs_key:
            raise bad_request("bad_request", "Header X-Idempotency-Key can't be null", 4292)
        return await _perform(world, call, perform, document)
    stored = world.keys.claim(key, fingerprint(f"{call.metodo} {call.ruta}", document))
    if stored is not None:
        call.repetida = True
        return Answer(stored.status, stored.body.encode())
    try:
        given = await _perform(world, call, perform, document)
        world.keys.store(key, given.status, given.body)
        return given
    finally:
        world.keys.release(key)


async def _perform(world: World, call: Call, perform: Perform, document: Document) -> Answer:
    if call.fallo == "slow":
        await world.pause(SLOW_S)
    try:
        status, value = perform(document)
    except MercadoPagoError as error:
        return _refused(error)
    return Answer(status, encode(value))


async def _hang(world: World, request: AnyRequest) -> None:
    """Say nothing until the client gives up, or longer than any client waits."""
    waits = {
        asyncio.ensure_future(world.pause(HANG_S)),
        asyncio.ensure_future(_until_gone(request)),
    }
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _until_gone(request: AnyRequest) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


def _open(world: World, request: AnyRequest, raw: bytes) -> Call:
    call = Call(
        numero=world.numbers.count("call"),
        recibida_at=world.now(),
        metodo=request.method,
        ruta=request.url.path.partition("/mercadopago")[2],
        consulta=request.url.query,
        clave=request.headers.get("x-idempotency-key"),
        cuerpo_sha256=sha256(raw).hexdigest(),
    )
    world.oracle.note(call)
    return call


def _close(world: World, call: Call, given: Answer | None) -> Response[bytes]:
    """Note the outcome, make everything last, and only then answer."""
    call.estado = given.status if given is not None else None
    world.oracle.note(call)
    world.commit()
    if given is None:
        return CutConnection()
    return Response(
        given.body, status_code=given.status, headers=given.headers, media_type=given.media_type
    )


def _check_token(request: AnyRequest, access_token: str) -> None:
    header = request.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if not token:
        raise MercadoPagoError(401, "unauthorized", "Must provide your access_token to proceed", 5)
    if scheme.lower() != "bearer" or not hmac.compare_digest(
        token.strip().encode(), access_token.encode()
    ):
        raise MercadoPagoError(401, "unauthorized", "invalid access token", 401)


def _refused(error: MercadoPagoError) -> Answer:
    return Answer(error.status, encode(error.body()))


def _struck(fault: str | None) -> Answer | None:
    """The answer of a fault that keeps the operation from happening."""
    if fault == "error_500":
        error = MercadoPagoError(500, "internal_error", "internal_error")
        return _refused(error)
    if fault == "error_429":
        error = MercadoPagoError(429, "too_many_requests", "Too many requests")
        return Answer(429, encode(error.body()), {"retry-after": str(RETRY_AFTER_S)})
    if fault == "html_body":
        page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
        return Answer(502, page, media_type="text/html")
    if fault == "list_error":
        return Answer(500, encode([{"code": "internal_error", "description": "internal_error"}]))
    return None


class CutConnection(Response[bytes]):
    """Promises a body and never sends it, so that the server closes the connection."""

    def __init__(self) -> None:
        super().__init__(b"", status_code=502)

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> ASGIResponse:
        """The ASGI form, whatever Litestar passes."""
        return _Cut(status_code=502, content_length=1)


class _Cut(ASGIResponse):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.start_response(send=send)
