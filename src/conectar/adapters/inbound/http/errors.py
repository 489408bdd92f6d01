"""Refusals on the wire: the one place that knows statuses.

Problem documents (RFC 9457), in Spanish or English, with the stable word, the correlation id, and
nothing of what is inside.
"""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from conectar.adapters.inbound.http import refusals
from conectar.adapters.inbound.http.call import Replay, Shown, shown
from conectar.adapters.vocabulary.fields import FIELDS, spanish
from conectar.adapters.vocabulary.messages import FIELD_OF, MALFORMED_FIELD, REFUSALS, WIRE
from conectar.domain.kernel.errors import DomainError, Kind

STATUS = {
    Kind.MALFORMED: 422,
    Kind.REFUSED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
}
RETRY_AFTER_S = 5
PROBLEM = "application/problem+json"
WIRE_REFUSALS: dict[type[DomainError], str] = {
    refusals.Malformed: "malformed",
    refusals.UnsupportedMediaType: "media_type",
    refusals.BadSignature: "signature",
    refusals.TooManyRequests: "limited",
    refusals.BodyTooLarge: "too_large",
    refusals.NoSuchRoute: "not_found",
    refusals.NoSuchVersion: "version",
}
FROM_LITESTAR = {405: "method", 413: "too_large", 415: "media_type"}

_log = structlog.stdlib.get_logger("conectar.http")


def on_refusal(request: Request[Any, Any, Any], refusal: DomainError) -> Response[bytes]:
    """A rule said no."""
    return problem(refusal, shown(request))


def on_replay(request: Request[Any, Any, Any], replay: Replay) -> Response[bytes]:
    """A rule said no before, under the same key: byte for byte what it said then."""
    context = msgspec.json.decode(replay.context, type=Shown)
    response = problem(replay.refusal, context)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The framework said no: no route, no such method, too many bytes."""
    if error.status_code == 404:
        return problem(_no_route(request.scope["path"]), shown(request))
    if error.status_code >= 500:
        return on_fault(request, error)
    what = FROM_LITESTAR.get(error.status_code, "malformed")
    status = error.status_code if what != "malformed" else 422
    response = _document(status, WIRE[what], {}, shown(request), [])
    response.headers.update(error.headers or {})
    return response


def on_fault(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A fault of ours. It is logged; the caller learns the correlation id."""
    _log.error("request failed", exc_info=error)
    return _document(500, WIRE["internal"], {}, shown(request), [])


def problem(refusal: DomainError, context: Shown) -> Response[bytes]:
    """The document of a refusal."""
    wire = WIRE_REFUSALS.get(type(refusal))
    sentence = WIRE[wire] if wire else REFUSALS[refusal.code]
    response = _document(
        STATUS[refusal.kind], sentence, refusal.facts, context, _fields(refusal, context)
    )
    if refusal.kind is Kind.UNAUTHENTICATED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if refusal.kind in (Kind.UNAVAILABLE, Kind.LIMITED):
        response.headers["Retry-After"] = str(refusal.facts.get("retry_after", RETRY_AFTER_S))
    return response


def _fields(refusal: DomainError, context: Shown) -> list[dict[str, str]]:
    if refusal.kind is not Kind.MALFORMED:
        return []
    named = str(refusal.facts.get("field", ""))
    generic = isinstance(refusal, refusals.Malformed)  # whose field is the wire's already
    field = named if generic else FIELDS.get(named) or FIELD_OF.get(refusal.code)
    if not field:
        return []
    sentence = MALFORMED_FIELD if generic else REFUSALS[refusal.code]
    told = sentence.en if context.language == "en" else sentence.es
    return [{spanish("field"): str(field), spanish("told"): told}]


def _document(
    status: int,
    sentence: Any,
    facts: dict[str, str | int],
    context: Shown,
    errors: list[dict[str, str]],
) -> Response[bytes]:
    told = sentence.en if context.language == "en" else sentence.es
    body: dict[str, Any] = {
        "type": f"urn:conectar:error:{sentence.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": told.format(**facts),
        "instance": context.instance,
        "error": sentence.code,
        "correlation_id": context.correlation_id,
    }
    if errors:
        body["errors"] = errors
    return Response(msgspec.json.encode(body), status_code=status, media_type=PROBLEM)


def _no_route(path: str) -> DomainError:
    parts = path.split("/")
    if parts[1] == "api" and parts[2:3] not in ([], ["v1"]):
        return refusals.NoSuchVersion()
    return refusals.NoSuchRoute()
