"""The relay: due deliveries are found in the store and carried on.

It asks for what is due, never for what is newer than something: transactions end in another order
than they begin. Being woken only makes it sooner.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from conectar.application.core import Core
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.outside import Unavailable
from conectar.application.ports.queue import Queue
from conectar.application.ports.telemetry_context import belonging_to
from conectar.application.reactions.relay import BATCH, ClaimDeliveries, FailDelivery

Carry = Callable[[Sequence[Delivery]], Awaitable[int]]

TAKES_S = 50
"""Longer than any reaction, shorter than a job: what hangs has failed, and that is written."""

_log = structlog.stdlib.get_logger("conectar.background")


class Relay:
    """Claims deliveries of some reactions (None: of all), a batch at a time, and carries them."""

    def __init__(
        self,
        core: Core,
        carry: Carry,
        reactions: tuple[str, ...] | None = None,
        limit: int = BATCH,
    ) -> None:
        self._core = core
        self._carry = carry
        self._claim = ClaimDeliveries(reactions=reactions, limit=limit)

    async def once(self) -> int:
        """One batch; answers how many of it went well."""
        deliveries = await self._core.execute(self._claim)
        return await self._carry(deliveries)

    async def drain(self, stop: asyncio.Event) -> None:
        """Batches, until one is not full, or it is told to stop."""
        while not stop.is_set():
            deliveries = await self._core.execute(self._claim)
            await self._carry(deliveries)
            if len(deliveries) < self._claim.limit:
                return


class Reacting:
    """Carries deliveries out, so many at a time; with one, in their order."""

    def __init__(self, core: Core, at_once: int = 1) -> None:
        self._core = core
        self._at_once = asyncio.Semaphore(at_once)

    async def __call__(self, deliveries: Sequence[Delivery]) -> int:
        """How many went well."""
        return sum(await asyncio.gather(*map(self.react, deliveries)))

    async def react(self, delivery: Delivery) -> bool:
        """One; a failure is written down with it, and it comes again later."""
        async with self._at_once:
            with belonging_to(delivery.correlation_id):
                try:
                    async with asyncio.timeout(TAKES_S):
                        await self._core.react(delivery)
                except Exception as error:
                    attempt = delivery.attempts + 1
                    _log.warning("delivery failed", reaction=delivery.reaction, attempt=attempt)
                    await self._core.execute(_failed(delivery, error))
                    return False
            return True


class Queueing:
    """Puts deliveries into a queue, from which any worker takes them."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def __call__(self, deliveries: Sequence[Delivery]) -> int:
        """How many it took; those it did not come again when their lease is over."""
        if not deliveries:
            return 0
        try:
            await self._queue.put(deliveries)
        except Unavailable:
            _log.warning("queue does not answer", count=len(deliveries))
            return 0
        return len(deliveries)


def _failed(delivery: Delivery, error: Exception) -> FailDelivery:
    return FailDelivery(
        event_id=delivery.event_id,
        reaction=delivery.reaction,
        error=type(error).__name__,
    )
