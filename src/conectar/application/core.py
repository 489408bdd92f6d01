"""The one door. Whoever drives Conectar, HTTP, a worker or a program, executes messages here.

Around every handler, in this order: the idempotency key, the unit of work, the retry of lost races,
telemetry. Key, effect, outbox and answer commit together, so a crash leaves all of them or none,
and asking again under the same key answers the same.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from datetime import datetime
from time import perf_counter
from typing import Any, TypeVar, cast
from uuid import UUID

from conectar.application.door import Door, Then
from conectar.application.message import Command, Handler, Message, Query, Saga, answer_type
from conectar.application.once import (
    LEASE,
    KeyInProgress,
    KeyReused,
    Once,
    Outcome,
    expect_held,
    fill,
    let_go,
)
from conectar.application.ports.codec import Codec, Refusal
from conectar.application.ports.keys import StoredAnswer
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.system import Clock, Ids, Telemetry, Waker
from conectar.application.ports.unit_of_work import LockTimeout, LostRace, Store, UnitOfWork
from conectar.domain.kernel.actor import Role, person
from conectar.domain.kernel.errors import DomainError, Kind
from conectar.domain.kernel.ids import AuditId
from conectar.domain.people.audit import AuditEntry

R = TypeVar("R")
S = TypeVar("S")

ATTEMPTS = 5
NOBODY = UUID(int=0)


class Contended(DomainError):
    """Too many people wanted the same thing at once, or one held it for too long."""

    kind = Kind.CONFLICT


class UnreadableEvent(Exception):
    """An event that another version wrote, and this one does not know."""


class Core:
    """Executes messages. One lives as long as the program; any number of tasks may use it."""

    def __init__(
        self,
        *,
        store: Store,
        handlers: Mapping[type[Message[Any]], Handler],
        reactions: Mapping[str, Callable[[Any], Message[Any]]],
        codec: Codec,
        clock: Clock,
        telemetry: Telemetry,
        waker: Waker,
        ids: Ids,
    ) -> None:
        self._ids = ids
        self._store = store
        self._handlers = handlers
        self._reactions = reactions
        self._codec = codec
        self._clock = clock
        self._telemetry = telemetry
        self._waker = waker

    async def execute(self, message: Message[R], *, once: Once | None = None) -> R:
        """Executes a message and answers; raises a DomainError when a rule refuses."""
        if once is None:
            answer: R = await self._measured(message, self._plain(message))
        else:
            answer = (await self.execute_once(message, once)).unwrap()
        return answer

    async def execute_once(self, message: Message[Any], once: Once) -> Outcome:
        """Executes a message under a key; a business refusal is an outcome, too. A query needs
        no key and takes none.

        Raises KeyReused, KeyInProgress, and whatever is not stored under keys.
        """
        if isinstance(message, Query):
            return Outcome(await self.execute(message), None, False, once.context)
        if isinstance(message, Saga):
            work = self._saga_once(message, once)
        else:
            work = self._command_once(message, once)
        return cast("Outcome", await self._measured(message, work))

    async def conclude(self, step: Command[S], then: Then[S, R]) -> R:
        """The last step of a saga without a key."""
        answer: R = await self._measured(step, self._in_unit(self._last_step(step, then)))
        return answer

    async def react(self, delivery: Delivery) -> None:
        """Does what one reaction wants of one event, unless it happened already. Raises
        UnreadableEvent, and whatever the reaction raises."""
        if delivery.event is None:
            raise UnreadableEvent
        message = self._reactions[delivery.reaction](delivery.event)
        with self._telemetry.span(f"delivery {delivery.reaction}", delivery.trace_parent):
            await self._measured(message, self._reaction(message, delivery))

    # -- with and without a key ----------------------------------------------------------------

    def _plain(self, message: Message[Any]) -> Awaitable[Any]:
        if isinstance(message, Query):
            return self._answer(message)
        if isinstance(message, Saga):
            return self._go_through(message, self)
        return self._in_unit(lambda uow: self._handle(message, uow))

    def _go_through(self, saga: Saga[Any], door: Door) -> Awaitable[Any]:
        return self._handlers[type(saga)](saga, door)

    def _last_step(
        self, step: Command[S], then: Then[S, R]
    ) -> Callable[[UnitOfWork], Awaitable[R]]:
        async def work(uow: UnitOfWork) -> R:
            return await then(await self._handle(step, uow), uow)

        return work

    async def _answer(self, query: Query[Any]) -> Any:
        if _noted(query):
            await self._in_unit(lambda uow: self._note(query, uow))
        try:
            async with self._store.reading(snapshot=query.snapshot) as read:
                return await self._handlers[type(query)](query, read)
        except (LostRace, LockTimeout) as error:
            raise Contended() from error

    async def _command_once(self, message: Message[Any], once: Once) -> Outcome:
        """A refusal takes back the whole unit, its key too. A second unit keeps it under the key,
        unless whoever asked the same meanwhile was answered: then that is the answer."""
        refused: Outcome | None = None

        async def work(uow: UnitOfWork) -> Outcome:
            entry, stored = await self._claim(uow, message, once, None)
            if stored:
                return self._replay(message, stored)
            outcome = refused or Outcome.given(await self._handle(message, uow), once)
            await uow.keys.save(self._filled(entry, outcome))
            return outcome

        try:
            return cast("Outcome", await self._in_unit(work))
        except DomainError as refusal:
            refused = Outcome.refused(refusal, once)
        return cast("Outcome", await self._in_unit(work))

    async def _saga_once(self, saga: Saga[Any], once: Once) -> Outcome:
        until = self._clock.now() + LEASE

        entry, stored = await self._in_unit(lambda uow: self._claim(uow, saga, once, until))
        if stored:
            return self._replay(saga, stored)
        door = _Keyed(self, entry, once)
        try:
            outcome = await Outcome.of(self._go_through(saga, door), once)
        except BaseException:
            with suppress(DomainError):  # then its lease ends
                await self._in_unit(lambda uow: let_go(entry, uow))
            raise
        if not door.concluded:
            await self._in_unit(lambda uow: fill(self._filled(entry, outcome), uow))
        return outcome

    async def _conclude_once(
        self, step: Command[S], then: Then[S, R], entry: StoredAnswer, once: Once
    ) -> R:
        async def work(uow: UnitOfWork) -> R:
            await expect_held(entry, uow)
            answer = await self._last_step(step, then)(uow)
            await uow.keys.save(self._filled(entry, Outcome.given(answer, once)))
            return answer

        answer: R = await self._measured(step, self._in_unit(work))
        return answer

    async def _reaction(self, message: Message[Any], delivery: Delivery) -> None:
        id, name, handler = delivery.event_id, delivery.reaction, self._handlers[type(message)]
        if isinstance(message, Saga):
            await handler(message, self)

        async def work(uow: UnitOfWork) -> None:
            if not await uow.outbox.pending(id, name):
                return
            if isinstance(message, Command):
                await handler(message, uow)
            await uow.outbox.done(id, name, self._clock.now())

        await self._in_unit(work)

    async def _handle(self, message: Message[Any], uow: UnitOfWork) -> Any:
        if _noted(message):
            await self._note(message, uow)
        return await self._handlers[type(message)](message, uow)

    async def _note(self, message: Message[Any], uow: UnitOfWork) -> None:
        """An administrator's trace, in the unit of work of what he did."""
        entry = AuditEntry(
            id=AuditId(self._ids.new()),
            admin_id=person(message.actor),  # type: ignore[attr-defined]
            action=type(message).__name__,
            subject=_subject(message),
            created_at=self._clock.now(),
        )
        await uow.audit.add(entry)

    # -- the pieces ----------------------------------------------------------------------------

    async def _in_unit(self, work: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
        for attempt in range(ATTEMPTS):
            try:
                async with self._store.unit() as uow:
                    result = await work(uow)
                    await uow.commit()
            except LockTimeout as error:
                raise Contended() from error
            except LostRace:
                await asyncio.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311
            else:
                if uow.outbox.awaited:
                    self._waker.wake()
                return result
        raise Contended()

    async def _measured(self, message: Message[Any], work: Awaitable[Any]) -> Any:
        name, outcome, started = type(message).__name__, "failed", perf_counter()
        with self._telemetry.span(name):
            try:
                result = await work
                refusal = result.refusal if isinstance(result, Outcome) else None
                outcome = refusal.code if refusal else "ok"
                return result
            except DomainError as refusal:
                outcome = refusal.code
                raise
            except asyncio.CancelledError:
                outcome = "cancelled"
                raise
            finally:
                self._telemetry.finished(name, outcome, perf_counter() - started)

    async def _claim(
        self, uow: UnitOfWork, message: Message[Any], once: Once, until: datetime | None
    ) -> tuple[StoredAnswer, StoredAnswer | None]:
        """Takes the key, or finds the answer under it."""
        now = self._clock.now()
        entry = StoredAnswer(
            owner=_owner(message),
            key=once.key,
            fingerprint=self._codec.fingerprint(message),
            created_at=now,
            leased_until=until,
            lease=1,
            answer=None,
            refusal=False,
            context=once.context,
        )
        try:
            stored = await uow.keys.claim(entry)
        except LockTimeout as error:
            raise KeyInProgress() from error
        if stored is None:
            return entry, None
        if stored.fingerprint != entry.fingerprint:
            raise KeyReused()
        if stored.answer is not None:
            return entry, stored
        if stored.leased_until and now < stored.leased_until:
            raise KeyInProgress()
        entry = replace(entry, lease=stored.lease + 1)
        await uow.keys.save(entry)
        return entry, None

    def _filled(self, entry: StoredAnswer, outcome: Outcome) -> StoredAnswer:
        refusal = outcome.refusal
        stored = Refusal(refusal.code, refusal.facts) if refusal else outcome.value
        answer = self._codec.encode(stored)
        return replace(entry, leased_until=None, answer=answer, refusal=refusal is not None)

    def _replay(self, message: Message[Any], stored: StoredAnswer) -> Outcome:
        assert stored.answer is not None
        if stored.refusal:
            refusal = self._codec.decode(stored.answer, Refusal)
            return Outcome(None, self._codec.refusal(refusal), True, stored.context)
        value = self._codec.decode(stored.answer, answer_type(type(message)))
        return Outcome(value, None, True, stored.context)


class _Keyed:
    """The door of a saga under a key."""

    def __init__(self, core: Core, entry: StoredAnswer, once: Once) -> None:
        self._core = core
        self._entry = entry
        self._once = once
        self.concluded = False

    async def execute(self, message: Message[R]) -> R:
        """A step like any other."""
        return await self._core.execute(message)

    async def conclude(self, step: Command[S], then: Then[S, R]) -> R:
        """The last one. Raises KeyInProgress if another worker has the key by now."""
        answer = await self._core._conclude_once(step, then, self._entry, self._once)
        self.concluded = True
        return answer


def _owner(message: Message[Any]) -> UUID:
    actor = getattr(message, "actor", None)
    return actor.user_id if actor and actor.user_id else NOBODY


def _noted(message: Message[Any]) -> bool:
    if not message.audited:
        return False
    actor = getattr(message, "actor", None)
    return actor is not None and actor.role is Role.ADMIN


def _subject(message: Message[Any]) -> str | None:
    """The first id or code of a case that a message names."""
    names = (field.name for field in fields(message))
    found = (getattr(message, name) for name in names if name.endswith(("_id", "code")))
    return next((str(id) for id in found if id is not None), None)
