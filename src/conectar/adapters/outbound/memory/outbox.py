"""The outbox, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from conectar.adapters.outbound.memory.tables import Journal, Table
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.system import Ids
from conectar.application.ports.telemetry_context import correlation_id
from conectar.application.reactions.registry import reactions_to
from conectar.application.views.work import StepView
from conectar.domain.kernel.events import Event, Moved
from conectar.domain.kernel.ids import EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event with what surrounds it."""

    id: EventId
    event: Event
    correlation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """How far one reaction to one event got; `next_at` None is dead."""

    event_id: EventId
    reaction: str
    next_at: datetime | None
    attempts: int = 0
    error: str | None = None


class Outbox:
    """Events, the deliveries still to do, those done, and the timelines."""

    def __init__(self, journal: Journal, ids: Ids) -> None:
        self._journal = journal
        self._ids = ids
        self.events: Table[StoredEvent, EventId] = Table(journal, lambda e: e.id)
        self.waiting: Table[StoredDelivery, tuple[EventId, str]] = Table(
            journal, lambda d: (d.event_id, d.reaction)
        )
        self.awaited = False
        self.timelines: dict[UUID, tuple[StepView, ...]] = {}

    async def record(self, *events: Event) -> None:
        """Stores events, their deliveries and their rows of timeline."""
        for event in events:
            id = EventId(self._ids.new())
            stored = StoredEvent(id=id, event=event, correlation_id=correlation_id())
            await self.events.add(stored)
            for reaction in reactions_to(event):
                self.awaited = True
                await self.waiting.add(
                    StoredDelivery(event_id=id, reaction=reaction, next_at=event.at)
                )
            if isinstance(event, Moved):
                self._note(event)

    async def claim(self, at: datetime, until: datetime, limit: int) -> Sequence[Delivery]:
        """Due deliveries, oldest first."""
        due = [d for d in self.waiting if d.next_at is not None and d.next_at <= at]
        due.sort(key=lambda d: (d.next_at, d.event_id, d.reaction))
        return [await self._claimed(d, until) for d in due[:limit]]

    async def pending(self, event_id: EventId, reaction: str) -> bool:
        """Whether it is still to do."""
        return (event_id, reaction) in self.waiting.rows

    async def done(self, event_id: EventId, reaction: str, at: datetime) -> None:
        """It happened."""
        self.waiting.drop((event_id, reaction))

    async def failed(
        self, event_id: EventId, reaction: str, error: str, next_at: datetime | None
    ) -> None:
        """It comes again, or is dead."""
        if delivery := await self.waiting.find((event_id, reaction)):
            await self.waiting.save(replace(delivery, error=error, next_at=next_at))

    async def _claimed(self, delivery: StoredDelivery, until: datetime) -> Delivery:
        delivery = replace(delivery, next_at=until, attempts=delivery.attempts + 1)
        await self.waiting.save(delivery)
        stored = self.events.rows[delivery.event_id]
        return Delivery(
            stored.id, delivery.reaction, delivery.attempts, stored.event, stored.correlation_id
        )

    def _note(self, event: Moved) -> None:
        before, status, escrow = event.states
        steps = self.timelines.get(event.subject_id, ())
        assert event.version == len(steps) + 1, "a timeline has no gaps"
        step = StepView(
            status_before=before,  # type: ignore[arg-type]
            status=status,  # type: ignore[arg-type]
            escrow=escrow,  # type: ignore[arg-type]
            actor=event.actor.user_id,
            actor_role=event.actor.role,
            reason=event.reason,
            at=event.at,
        )
        self._journal.put(self.timelines, event.subject_id, (*steps, step))
