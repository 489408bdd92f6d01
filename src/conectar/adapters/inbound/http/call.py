"""One call: who asks, under which key, and how the answer goes out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from conectar.adapters.inbound.http.wire import to_bytes
from conectar.application.core import Core
from conectar.application.message import TOTAL_MAX, Listed, Message
from conectar.application.once import Once
from conectar.application.ports.telemetry_context import correlation_id
from conectar.application.queries.people import Authenticate, Caller
from conectar.application.views import View
from conectar.application.views.money import Agreed, CheckoutView, ProposalView
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError, WrongRole
from conectar.domain.people.user import Unauthenticated

Call = Request[Actor, UUID, State]
"""A request; `user` is the actor, `auth` the session's id."""

JSON = "application/json"


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _r: BaseRouteHandler) -> None:
    """A guard: somebody with a live session. Raises Unauthenticated, AccountSuspended."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated()
    core: Core = connection.app.state.core
    caller: Caller = await core.execute(Authenticate(access_token=token.strip()))
    connection.scope["user"] = caller.actor
    connection.scope["auth"] = caller.session_id


def role(wanted: Role) -> Any:
    """A guard: the room of one role. It comes after `signed_in`. Raises WrongRole."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if connection.user.role is not wanted:
            raise WrongRole(role=wanted.value)

    return guard


class Replay(Exception):
    """A refusal that was given before under the same key, and what it was shown with."""

    def __init__(self, refusal: DomainError, context: str) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.context = context


class Shown(msgspec.Struct):
    """What a refusal shows beside itself, kept with a key so that a replay shows the same."""

    correlation_id: str
    language: str
    instance: str


def shown(call: ASGIConnection[Any, Any, Any, Any]) -> Shown:
    """Of this call."""
    return Shown(correlation_id() or "-", language(call), call.scope["path"])


def language(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """`en` if that is asked for first, else `es`."""
    wanted = connection.headers.get("accept-language", "").strip().lower()
    return "en" if wanted.startswith("en") else "es"


async def answer(
    call: Call, core: Core, message: Message[Any], said: View | None = None
) -> Response[bytes]:
    """Executes a message, under its Idempotency-Key if there is one, and shows the answer, or
    what is `said` instead of it."""
    key = call.headers.get("idempotency-key")
    if key is None:
        value = await core.execute(message)
        return show(call, said or value)
    context = msgspec.json.encode(shown(call)).decode()
    outcome = await core.execute_once(message, Once(key, context))
    if outcome.refusal and outcome.replayed:
        raise Replay(outcome.refusal, outcome.context)
    if outcome.refusal:
        raise outcome.refusal
    response = show(call, said or outcome.value)
    if outcome.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(View):
    """What waits for a second administrator."""

    proposal: ProposalView


def show(call: Call, value: Any) -> Response[bytes]:
    """An answer with the route's own status, 204 for none; a list says how long it is."""
    headers: dict[str, str] = {}
    if isinstance(value, Listed):
        total = value.total
        headers["X-Total-Count"] = str(total) if total <= TOTAL_MAX else f"{TOTAL_MAX}+"
        value = value.items
    code = call.route_handler.status_code
    if isinstance(value, Agreed):
        code = 202 if value.proposal else code
        value = Proposed(proposal=value.proposal) if value.proposal else value.done
    if value is None:
        return Response(b"", status_code=204, headers=headers)
    if isinstance(value, CheckoutView) and not value.made:
        code = 200
    return Response(to_bytes(value), status_code=code, media_type=JSON, headers=headers)
