"""Deliveries: claimed with a lease, tried with growing waits, dead in the end."""

from dataclasses import dataclass
from datetime import timedelta

from conectar.application.access import existing
from conectar.application.message import Command
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.kernel.ids import EventId

BATCH = 100
WAITS = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 1800, 3600, 3600))
"""After so many failures a delivery is dead and waits for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDeliveries(Command[tuple[Delivery, ...]]):
    """Takes a batch of due deliveries, of some reactions or of all; whoever takes them and dies, or
    loses them, holds them until the lease is over."""

    reactions: tuple[str, ...] | None = None
    limit: int = BATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDelivery(Command[Delivery | None]):
    """One delivery that is still to do; None if its effect happened already."""

    event_id: EventId
    reaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailDelivery(Command[None]):
    """Says that one did not go well this time."""

    event_id: EventId
    reaction: str
    error: str


class ClaimDeliveriesHandler:
    """Claims."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._lease = policy.delivery_lease

    async def __call__(self, command: ClaimDeliveries, uow: UnitOfWork) -> tuple[Delivery, ...]:
        """Oldest first."""
        now, limit = self._clock.now(), command.limit
        return tuple(await uow.outbox.claim(now, now + self._lease, limit, command.reactions))


class FindDeliveryHandler:
    """Finds."""

    async def __call__(self, command: FindDelivery, uow: UnitOfWork) -> Delivery | None:
        """Refuses nothing."""
        return await uow.outbox.find(command.event_id, command.reaction)


class FailDeliveryHandler:
    """Plans the next try."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: FailDelivery, uow: UnitOfWork) -> None:
        """Refuses nothing; whose effect has happened meanwhile has nothing to be tried again."""
        id, reaction = command.event_id, command.reaction
        if not await uow.outbox.pending(id, reaction):
            return
        waits = WAITS[existing(await uow.outbox.find(id, reaction)).attempts :]
        next_at = self._clock.now() + waits[0] if waits else None
        await uow.outbox.failed(id, reaction, command.error, next_at)
