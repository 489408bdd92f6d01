"""The outbox, in SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from itertools import starmap
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from conectar.adapters.outbound.sql.connection import Connection, Row
from conectar.adapters.outbound.sql.dialect import lock
from conectar.adapters.outbound.sql.statements import KEY, adding, replacing
from conectar.adapters.outbound.sql.tables import DELIVERIES, OUTBOX, TIMELINE
from conectar.adapters.vocabulary.codes import code
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.system import Ids
from conectar.application.ports.telemetry_context import correlation_id, trace_parent
from conectar.application.reactions.registry import reactions_to
from conectar.domain.kernel.events import Event, Moved
from conectar.domain.kernel.ids import EventId


class EventCodec(Protocol):
    """Events to bytes and back."""

    def encode_event(self, event: Event) -> tuple[str, bytes]: ...
    def decode_event(self, name: str, data: bytes) -> Event | None: ...


class Outbox:
    """Events, their deliveries, and the timelines."""

    def __init__(self, connection: Connection, ids: Ids, codec: EventCodec) -> None:
        self._connection = connection
        self._ids = ids
        self._codec = codec
        self._recorded: list[tuple[EventId, Event]] = []
        self.awaited = False

    async def record(self, *events: Event) -> None:
        """Events, with their deliveries and their rows of timeline, go in when the unit commits."""
        recorded = [(EventId(self._ids.new()), event) for event in events]
        self._recorded += recorded
        self.awaited = self.awaited or any(_due(*each) for each in recorded)

    async def write(self) -> None:
        """Stores what was recorded, table by table: all of a unit costs what one would."""
        recorded, self._recorded = self._recorded, []
        due = [delivery for each in recorded for delivery in _due(*each)]
        steps = [_step(event) for _, event in recorded if isinstance(event, Moved)]
        if recorded:
            rows = list(starmap(self._row, recorded))
            await self._connection.change_each(adding(OUTBOX), rows)
        if due:
            await self._connection.change_each(adding(DELIVERIES), due)
        if steps:
            await self._connection.change_each(_next_step(), steps)

    async def claim(
        self, at: datetime, until: datetime, limit: int, reactions: Collection[str] | None = None
    ) -> Sequence[Delivery]:
        """Due deliveries, oldest first."""
        due = _due_now(None if reactions is None else tuple(reactions))
        rows = await self._connection.rows(due, {"at": at, "most": limit})
        claimed = [self._delivery(row) for row in rows]
        if claimed:
            taken = [{**_key(each.event_id, each.reaction), "next_at": until} for each in claimed]
            await self._connection.change_each(_CHANGE, taken)
        return claimed

    async def find(self, event_id: EventId, reaction: str) -> Delivery | None:
        """One that is still to do."""
        row = await self._connection.row(_unsettled(), _key(event_id, reaction))
        return self._delivery(row) if row else None

    async def pending(self, event_id: EventId, reaction: str) -> bool:
        """Whether it is still to do."""
        row = await self._connection.row(_settled(), _key(event_id, reaction))
        return row is not None and row[0] is None

    async def done(self, event_id: EventId, reaction: str, at: datetime) -> None:
        """It happened."""
        changes = {"next_at": None, "settled_at": at}
        await self._connection.change(_CHANGE, {**_key(event_id, reaction), **changes})

    async def failed(
        self, event_id: EventId, reaction: str, error: str, next_at: datetime | None
    ) -> None:
        """It comes again, or is dead."""
        c = DELIVERIES.c
        this = (c.event_id == event_id, c.reaction == reaction, c.settled_at.is_(None))
        once_more = {"attempts": c.attempts + 1, "error": error, "next_at": next_at}
        await self._connection.change(update(DELIVERIES).where(*this).values(once_more))

    async def redrive(self, event_id: EventId, at: datetime) -> int:
        """Due again, as if new."""
        c = DELIVERIES.c
        unfinished = (c.event_id == event_id, c.settled_at.is_(None))
        again = update(DELIVERIES).where(*unfinished).values(attempts=0, error=None, next_at=at)
        redriven = await self._connection.change(again)
        self.awaited = self.awaited or bool(redriven)
        return redriven

    async def forget_settled(self, before: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        c = DELIVERIES.c
        old = select(c.event_id, c.reaction).where(c.settled_at < before).limit(limit)
        these = tuple_(c.event_id, c.reaction).in_(old)
        return await self._connection.change(delete(DELIVERIES).where(these))

    def _delivery(self, row: Row) -> Delivery:
        id, reaction, attempts, name, payload, *context = row
        return Delivery(id, reaction, attempts, self._codec.decode_event(name, payload), *context)

    def _row(self, id: EventId, event: Event) -> dict[str, Any]:
        name, payload = self._codec.encode_event(event)
        step = event if isinstance(event, Moved) else None
        return {
            "id": id,
            "name": name,
            "payload": payload,
            "at": event.at,
            "correlation_id": correlation_id(),
            "trace_parent": trace_parent(),
            "subject_id": step and step.subject_id,
            "version": step and step.version,
        }


_CHANGE = replacing(DELIVERIES, "event_id", "reaction")


def _key(event_id: EventId, reaction: str) -> dict[str, Any]:
    return {KEY + "event_id": event_id, KEY + "reaction": reaction}


def _is_it() -> list[ColumnElement[bool]]:
    c = DELIVERIES.c
    return [column == bindparam(KEY + column.key) for column in (c.event_id, c.reaction)]


@cache
def _settled() -> Select[Any]:
    return lock(select(DELIVERIES.c.settled_at).where(*_is_it()))


@cache
def _unsettled() -> Select[Any]:
    return _deliveries().where(*_is_it(), DELIVERIES.c.settled_at.is_(None))


@cache
def _due_now(reactions: tuple[str, ...] | None) -> Select[Any]:
    """Of these reactions, each said by itself: a list would make its words anew each time."""
    c = DELIVERIES.c
    due = (
        _deliveries()
        .where(c.next_at <= bindparam("at"))
        .order_by(c.next_at, c.event_id, c.reaction)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True, of=DELIVERIES)
    )
    return due if reactions is None else due.where(c.reaction.in_(map(literal, reactions)))


@cache
def _next_step() -> Insert:
    """A row of a timeline. One that is not right behind the one before gets no number, and without
    one the database takes none."""
    of = {column.key: bindparam(KEY + column.key, type_=column.type) for column in TIMELINE.c}
    last = select(func.max(TIMELINE.c.version)).where(TIMELINE.c.subject_id == of["subject_id"])
    behind = of["version"] == 1 + func.coalesce(last.scalar_subquery(), 0)
    return insert(TIMELINE).values({**of, "version": case((behind, of["version"]))})


def _deliveries() -> Select[Any]:
    c, of = DELIVERIES.c, OUTBOX.c
    query = select(c.event_id, c.reaction, c.attempts, of.name, of.payload)
    context = query.add_columns(of.correlation_id, of.trace_parent)
    return context.join(OUTBOX, of.id == c.event_id)


def _due(id: EventId, event: Event) -> list[dict[str, Any]]:
    due = {"event_id": id, "next_at": event.at, "attempts": 0}
    return [{**due, "reaction": name} for name in reactions_to(event)]


def _step(event: Moved) -> dict[str, Any]:
    before, status, escrow = event.states
    cells = {
        "subject_id": event.subject_id,
        "version": event.version,
        "before": code(before) if before else None,
        "status": code(status),
        "escrow": code(escrow) if escrow else None,
        "actor": event.actor.user_id,
        "actor_role": code(event.actor.role),
        "reason": event.reason,
        "at": event.at,
    }
    return {KEY + name: cell for name, cell in cells.items()}
