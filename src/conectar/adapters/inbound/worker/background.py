"""Background work inside one program: the relay of deliveries, and the sweeps of the clock.

Everything is found by looking into the store; being woken only makes it sooner. Nothing here
decides anything: each piece of work is a message, and looks again whether it is still due.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

from conectar.adapters.inbound.worker.loops import keep_doing
from conectar.adapters.inbound.worker.relay import Reacting, Relay
from conectar.adapters.inbound.worker.schedule import Schedule
from conectar.application.core import Core
from conectar.application.sweeps.sweep import Due, Sweep

ROUNDS_MAX = 1000
"""How often `run_due` looks again; each round that finds nothing is the last."""


class Background:
    """One a program, which does one thing at a time. `wait` sleeps until there may be something to
    do, or for some seconds."""

    def __init__(
        self,
        core: Core,
        schedule: Schedule,
        wait: Callable[[float], Awaitable[bool]],
        idle: timedelta,
        sweep_every: timedelta,
    ) -> None:
        self._core = core
        self._relay = Relay(core, Reacting(core))
        self._schedule = schedule
        self._wait = wait
        self._idle = idle.total_seconds()
        self._sweep_every = sweep_every.total_seconds()
        self._swept_at = -self._sweep_every
        self._one_at_a_time = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop."""
        await keep_doing(self._round, lambda: self._wait(self._idle), stop)

    async def run_due(self) -> None:
        """Does everything that is due now, and what follows from it."""
        async with self._one_at_a_time:
            for _ in range(ROUNDS_MAX):
                if not await self.relay() + await self._schedule.once():
                    return

    async def relay(self) -> int:
        """One batch of deliveries; answers how many went well."""
        return await self._relay.once()

    async def _round(self) -> None:
        async with self._one_at_a_time:
            await self.relay()
            await self._core.execute(Sweep(due=Due.REFUNDS))
            if monotonic() - self._swept_at >= self._sweep_every:
                self._swept_at = monotonic()
                await self._schedule.once()
