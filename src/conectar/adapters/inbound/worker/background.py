"""Background work inside one program: the relay of deliveries, and the sweeps of the clock.

Everything is found by looking into the store; being woken only makes it sooner. Nothing here
decides anything: each piece of work is a message, and looks again whether it is still due.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

import structlog

from conectar.application.core import Core
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.system import Clock
from conectar.application.ports.telemetry_context import CORRELATION_ID
from conectar.application.reactions.relay import ClaimDeliveries, FailDelivery
from conectar.application.sweeps.clean_up import CleanUp, next_night
from conectar.application.sweeps.sweep import Due, Sweep

ROUNDS_MAX = 1000
"""How often `run_due` looks again; each round that finds nothing is the last."""


class Background:
    """One a program. `wait` sleeps until there may be something to do, or for some seconds."""

    def __init__(
        self,
        core: Core,
        wait: Callable[[float], Awaitable[bool]],
        idle: timedelta,
        sweep_every: timedelta,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._night = next_night(clock.now())
        self._core = core
        self._wait = wait
        self._idle = idle.total_seconds()
        self._sweep_every = sweep_every.total_seconds()
        self._log = structlog.stdlib.get_logger("conectar.background")
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Until cancelled. A failure is logged, and the next look comes as always."""
        swept_at = -self._sweep_every
        while True:
            try:
                async with self._one_at_a_time:
                    await self.relay()
                    await self._core.execute(Sweep(due=Due.REFUNDS))
                    if monotonic() - swept_at >= self._sweep_every:
                        swept_at = monotonic()
                        await self.sweep()
            except Exception:
                self._log.exception("background work failed")
                await asyncio.sleep(self._idle)
            await self._wait(self._idle)

    async def run_due(self) -> None:
        """Does everything that is due now, and what follows from it."""
        async with self._one_at_a_time:
            for _ in range(ROUNDS_MAX):
                if not await self.relay() + await self.sweep():
                    return

    async def relay(self) -> int:
        """One batch of deliveries; answers how many went well."""
        deliveries = await self._core.execute(ClaimDeliveries())
        return sum([await self._react(delivery) for delivery in deliveries])

    async def sweep(self) -> int:
        """Everything that is due by the clock, one batch of each kind; and the clean-up, once the
        night has come."""
        if self._clock.now() >= self._night:
            self._night = next_night(self._clock.now())
            await self._core.execute(CleanUp())
        return sum([await self._core.execute(Sweep(due=due)) for due in Due])

    async def _react(self, delivery: Delivery) -> bool:
        token = CORRELATION_ID.set(delivery.correlation_id)
        try:
            await self._core.react(delivery)
        except Exception as error:
            self._log.warning(
                "delivery failed", reaction=delivery.reaction, attempt=delivery.attempts
            )
            await self._core.execute(
                FailDelivery(
                    event_id=delivery.event_id,
                    reaction=delivery.reaction,
                    attempts=delivery.attempts,
                    error=type(error).__name__,
                )
            )
            return False
        finally:
            CORRELATION_ID.reset(token)
        return True
