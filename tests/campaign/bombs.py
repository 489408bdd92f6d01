"""Bombs in Conectar's own methods. No code of Conectar knows of them.

A bomb at a point is a file of the point's name, with a number and which pass is the last one; it
is taken away first, so that whoever comes back lives. Everybody passes the same files: the first
to be through dies.
"""

import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import urllib3.connection
import uvicorn

from conectar.adapters.inbound.worker import jobs
from conectar.adapters.outbound.mercadopago.gateway import MercadoPagoGateway
from conectar.adapters.outbound.mercadopago.signature import WebhookSignature
from conectar.adapters.outbound.redis.queue import PatientJobs, SaqQueue
from conectar.adapters.outbound.smtp.mailer import SmtpPost
from conectar.adapters.outbound.sql.outbox import Outbox
from conectar.adapters.outbound.sql.repositories import Keys
from conectar.adapters.outbound.sql.store import SqlUnit
from conectar.adapters.outbound.storage.files import ObstoreStorage
from conectar.application import core
from conectar.application.queries.people import AuthenticateHandler
from conectar.bootstrap.production import ApiProcess
from tests.campaign.points import COMMANDS, OPERATIONS, UNITS

ARMED, FIRED = "armed", "fired"
WEBHOOK = "/webhook/mercadopago"
ASKS = frozenset({"POST", "PUT", "DELETE"})
_within: ContextVar[tuple[str, ...]] = ContextVar("within", default=())
_reacting: ContextVar[bool] = ContextVar("reacting", default=False)


class Bombs:
    """Those of one program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._passes: Counter[str] = Counter()

    def at(self, point: str) -> None:
        """Passes a point; may not come back."""
        file = self._folder / ARMED / point
        try:
            number, last = file.read_text().split()
        except (FileNotFoundError, ValueError):
            return
        self._passes[number] += 1
        if self._passes[number] < int(last):
            return
        try:
            file.rename(self._folder / FIRED / number)
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


def put_in(bombs: Bombs) -> None:
    """Everywhere."""
    _follow_messages()
    for put in (_units, _keys, _http, _gateway, _relay, _mail, _drains):
        put(bombs)


def around(
    owner: Any,
    name: str,
    before: Callable[..., None] | None = None,
    after: Callable[..., None] | None = None,
) -> None:
    """Calls `before` with what a coroutine method is called with, `after` with what it answers,
    too."""
    method: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def wrapped(self: Any, *args: Any, **named: Any) -> Any:
        if before:
            before(self, *args)
        found = await method(self, *args, **named)
        if after:
            after(found, self, *args)
        return found

    setattr(owner, name, wrapped)


def _follow_messages() -> None:
    """So that a unit of work knows what it is about."""
    measured, react = core.Core._measured, core.Core.react

    async def named(self: Any, message: Any, work: Awaitable[Any]) -> Any:
        token = _within.set((*_within.get(), type(message).__name__))
        try:
            return await measured(self, message, work)
        finally:
            _within.reset(token)

    async def reacting(self: Any, delivery: Any) -> None:
        token = _reacting.set(True)
        try:
            await react(self, delivery)
        finally:
            _reacting.reset(token)

    core.Core._measured = named  # type: ignore[method-assign]
    core.Core.react = reacting  # type: ignore[method-assign]


def _name() -> str | None:
    """Of the unit of work under way."""
    within = _within.get()
    if within and (name := UNITS.get(within[-1])):
        return name
    if len(within) == 1 and _reacting.get():
        return "reaction"
    return "command" if within and within[-1] in COMMANDS else None


def _units(bombs: Bombs) -> None:
    commit, execute = SqlUnit.commit, core.Core.execute

    async def deadly(unit: SqlUnit) -> None:
        name = _name()
        if name:
            bombs.at(f"{name}.before_commit")
        await commit(unit)
        if name:
            bombs.at(f"{name}.after_commit")
        elif _within.get() == ("OpenCheckout",):
            bombs.at("saga.key_claimed")

    async def swept(self: Any, message: Any, *, once: Any = None) -> Any:
        found = await execute(self, message, once=once)
        if _within.get()[-1:] == ("Sweep",) and type(message).__name__ != "FindDue":
            bombs.at("sweep.mid_batch")
        return found

    SqlUnit.commit = deadly  # type: ignore[method-assign]
    core.Core.execute = swept  # type: ignore[method-assign]
    around(Outbox, "pending", after=lambda still, *_: still and bombs.at("reaction.locked"))
    around(Outbox, "done", before=lambda *_: bombs.at("reaction.effect"))


def _keys(bombs: Bombs) -> None:
    def claimed(*_: Any) -> None:
        if _name() == "command":
            bombs.at("command.key_claimed")

    around(Keys, "claim", after=claimed)
    around(core._Keyed, "conclude", after=lambda *_: bombs.at("saga.concluded"))


def _http(bombs: Bombs) -> None:
    call, valid = ApiProcess.__call__, WebhookSignature.valid

    async def served(self: Any, scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start" and scope["method"] in ASKS:
                told = scope["path"].endswith(WEBHOOK)
                bombs.at("webhook.before_200" if told else "http.before_answer")
            await send(message)

        await call(self, scope, receive, sending)

    def verified(self: Any, *args: Any) -> bool:
        if found := valid(self, *args):
            bombs.at("webhook.verified")
        return found

    around(AuthenticateHandler, "__call__", after=lambda *_: bombs.at("http.authenticated"))
    around(ObstoreStorage, "put", after=lambda *_: bombs.at("upload.stored"))
    ApiProcess.__call__ = served  # type: ignore[method-assign]
    WebhookSignature.valid = verified  # type: ignore[method-assign]


def _gateway(bombs: Bombs) -> None:
    for method, name in OPERATIONS.items():
        around(
            MercadoPagoGateway,
            method,
            lambda *_, name=name: bombs.at(f"gateway.{name}.before"),
            lambda *_, name=name: bombs.at(f"gateway.{name}.answered"),
        )
    answered = "gateway.payment.answered", "gateway.search.answered"
    around(MercadoPagoGateway, "payment", after=lambda *_: bombs.at(answered[0]))
    around(MercadoPagoGateway, "payments_of", after=lambda *_: bombs.at(answered[1]))
    put, get = (
        getattr(urllib3.connection.HTTPConnection, n) for n in ("putrequest", "getresponse")
    )

    def asked(self: Any, method: str, url: str, **more: Any) -> Any:
        self.asked = method, url.partition("?")[0].rpartition("/")[2]
        return put(self, method, url, **more)

    def reading(self: Any) -> Any:
        """The whole question is on its way, and nothing of the answer was read."""
        names = {("POST", "preferences"): "preference", ("POST", "refunds"): "refund"}
        if name := names.get(self.asked):
            bombs.at(f"gateway.{name}.sent")
        return get(self)

    urllib3.connection.HTTPConnection.putrequest = asked  # type: ignore[method-assign]
    urllib3.connection.HTTPConnection.getresponse = reading  # type: ignore[method-assign]


def _relay(bombs: Bombs) -> None:
    def enqueue(when: str) -> Callable[..., None]:
        return lambda *_: bombs.at(f"relay.{when}_enqueue")

    around(SaqQueue, "put", enqueue("before"), enqueue("after"))
    around(SaqQueue, "_put", after=enqueue("mid"))
    around(PatientJobs, "dequeue", after=lambda job, *_: job and bombs.at("job.taken"))
    deliver = jobs.JobRunner._deliver

    async def delivered(self: Any, *args: Any, **ids: Any) -> None:
        bombs.at("job.begun")
        await deliver(self, *args, **ids)
        bombs.at("job.happened")

    jobs.JobRunner._deliver = delivered  # type: ignore[method-assign]


def _mail(bombs: Bombs) -> None:
    around(SmtpPost, "send", after=lambda *_: bombs.at("mail.sent"))


def _drains(bombs: Bombs) -> None:
    around(jobs._Worker, "stop", before=lambda *_: bombs.at("drain.worker"))
    around(uvicorn.Server, "shutdown", before=lambda *_: bombs.at("drain.api"))
