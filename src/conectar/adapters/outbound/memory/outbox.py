"""The outbox, in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from conectar.adapters.outbound.memory.tables import Journal
from conectar.adapters.vocabulary.events import EVENTS
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.rows import PendingDelivery
from conectar.application.ports.system import Ids
from conectar.application.ports.telemetry_context import correlation_id, trace_parent
from conectar.application.reactions.registry import reactions_to
from conectar.application.views.work import StepView
from conectar.domain.kernel.events import Event, Moved
from conectar.domain.kernel.ids import EventId


class StoredEvent(NamedTuple):
    """An event with what surrounds it."""

    id: EventId
    event: Event
    correlation_id: str | None
    trace_parent: str | None


class StoredDelivery(NamedTuple):
    """How far one reaction to one event got; `next_at` None is dead."""

    event_id: EventId
    reaction: str
    next_at: datetime | None
    attempts: int = 0
    error: str | None = None


Key = tuple[EventId, str]
OLDEST_FIRST = attrgetter("next_at", "event_id.int", "reaction")


class Outbox:
    """Events, the deliveries still to do, when the others were done, and the timelines."""

    def __init__(self, journal: Journal, ids: Ids) -> None:
        self._journal = journal
        self._ids = ids
        self.events: dict[EventId, StoredEvent] = {}
        self.waiting: dict[Key, StoredDelivery] = {}
        self.settled: dict[Key, datetime] = {}
        self.awaited = False
        self.recorded: list[StoredEvent] = []
        self.timelines: dict[UUID, tuple[Moved, ...]] = {}

    async def record(self, *events: Event) -> None:
        """Events, with their deliveries and their rows of timeline, go in when the unit commits."""
        for event in events:
            id = EventId(self._ids.new())
            self.recorded.append(StoredEvent(id, event, correlation_id(), trace_parent()))
            self.awaited = self.awaited or bool(reactions_to(event))

    def begin(self) -> None:
        """A new unit has recorded nothing."""
        self.recorded.clear()
        self.awaited = False

    def write(self) -> None:
        """Stores what was recorded."""
        for stored in self.recorded:
            self._journal.add(self.events, stored.id, stored)
            for reaction in reactions_to(stored.event):
                self._keep(StoredDelivery(stored.id, reaction, stored.event.at))
            if isinstance(stored.event, Moved):
                self._note(stored.event)
        self.recorded.clear()

    async def claim(
        self, at: datetime, until: datetime, limit: int, reactions: Collection[str] | None = None
    ) -> Sequence[Delivery]:
        """Due deliveries, oldest first."""
        due = [d for d in self.waiting.values() if d.next_at is not None and d.next_at <= at]
        wanted = [d for d in due if reactions is None or d.reaction in reactions]
        wanted.sort(key=OLDEST_FIRST)
        return [self._claimed(d, until) for d in wanted[:limit]]

    async def find(self, event_id: EventId, reaction: str) -> Delivery | None:
        """One that is still to do."""
        waiting = self.waiting.get((event_id, reaction))
        return waiting and self._delivery(waiting)

    async def pending(self, event_id: EventId, reaction: str) -> bool:
        """Whether it is still to do."""
        return (event_id, reaction) in self.waiting

    async def done(self, event_id: EventId, reaction: str, at: datetime) -> None:
        """It happened."""
        self._journal.drop(self.waiting, (event_id, reaction))
        self._journal.add(self.settled, (event_id, reaction), at)

    async def failed(
        self, event_id: EventId, reaction: str, error: str, next_at: datetime | None
    ) -> None:
        """It comes again, or is dead."""
        if delivery := self.waiting.get((event_id, reaction)):
            attempts = delivery.attempts + 1
            self._keep(delivery._replace(attempts=attempts, error=error, next_at=next_at))

    async def redrive(self, event_id: EventId, at: datetime) -> int:
        """Due again, as if new."""
        unfinished = [d for d in self.waiting.values() if d.event_id == event_id]
        for delivery in unfinished:
            self._keep(delivery._replace(attempts=0, error=None, next_at=at))
        self.awaited = self.awaited or bool(unfinished)
        return len(unfinished)

    async def forget_settled(self, before: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        old = [key for key, at in self.settled.items() if at < before][:limit]
        for key in old:
            self._journal.drop(self.settled, key)
        return len(old)

    def shown(self, delivery: StoredDelivery) -> PendingDelivery:
        """A delivery as an administrator sees it."""
        stored = self.events[delivery.event_id]
        return PendingDelivery(
            stored.id,
            EVENTS[type(stored.event)],
            delivery.reaction,
            delivery.attempts,
            delivery.error,
            delivery.next_at,
            stored.event.at,
        )

    def timeline(self, subject: UUID) -> list[StepView]:
        """The steps of one thing, oldest first."""
        return list(map(_step, self.timelines.get(subject, ())))

    def _keep(self, delivery: StoredDelivery) -> None:
        self._journal.put(self.waiting, (delivery.event_id, delivery.reaction), delivery)

    def _claimed(self, delivery: StoredDelivery, until: datetime) -> Delivery:
        taken = delivery._replace(next_at=until)
        self._keep(taken)
        return self._delivery(taken)

    def _delivery(self, stored: StoredDelivery) -> Delivery:
        return Delivery(
            stored.event_id, stored.reaction, stored.attempts, *self.events[stored.event_id][1:]
        )

    def _note(self, event: Moved) -> None:
        steps = self.timelines.get(event.subject_id, ())
        assert event.version == len(steps) + 1, "a timeline has no gaps"
        self._journal.put(self.timelines, event.subject_id, (*steps, event))


def _step(event: Moved) -> StepView:
    before, status, escrow = event.states
    return StepView(
        status_before=before,  # type: ignore[arg-type]
        status=status,  # type: ignore[arg-type]
        escrow=escrow,  # type: ignore[arg-type]
        actor=event.actor.user_id,
        actor_role=event.actor.role,
        reason=event.reason,
        at=event.at,
    )
