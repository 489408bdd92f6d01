"""The outbox: events with one delivery for each reaction, stored with what caused them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import EventId


class Delivery(NamedTuple):
    """An event on its way to one reaction. `attempts` counts those that failed; who took it and
    died, or lost it, did not fail. Without `event` this version cannot read what happened: it was
    written by another one."""

    event_id: EventId
    reaction: str
    attempts: int
    event: Event | None
    correlation_id: str | None
    trace_parent: str | None


class Outbox(Protocol):
    """What happened and who still has to react."""

    @property
    def awaited(self) -> bool:
        """Whether this unit left a delivery for somebody to carry out."""
        ...

    async def record(self, *events: Event) -> None:
        """Stores events with their deliveries, and one timeline row for each that `Moved`, when the
        unit commits: until then nobody sees them, this unit neither."""
        ...

    async def claim(
        self, at: datetime, until: datetime, limit: int, reactions: Collection[str] | None = None
    ) -> Sequence[Delivery]:
        """Due deliveries of these reactions (None: of all), oldest first, which nobody else gets
        before `until`."""
        ...

    async def find(self, event_id: EventId, reaction: str) -> Delivery | None:
        """One that is still to do, claimed or not."""
        ...

    async def pending(self, event_id: EventId, reaction: str) -> bool:
        """Locks a delivery; False if its effect has happened already."""
        ...

    async def done(self, event_id: EventId, reaction: str, at: datetime) -> None:
        """Written with the effect, so that it happens once."""
        ...

    async def failed(
        self, event_id: EventId, reaction: str, error: str, next_at: datetime | None
    ) -> None:
        """Counts a failure. Comes again at `next_at`; without one it is dead and waits for a
        person."""
        ...

    async def redrive(self, event_id: EventId, at: datetime) -> int:
        """Makes the unfinished deliveries of an event due again, as if new; answers how many."""
        ...

    async def forget_settled(self, before: datetime, limit: int) -> int:
        """Drops a batch of deliveries that were done before then; answers how many."""
        ...
