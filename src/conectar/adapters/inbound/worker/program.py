"""The worker: a program of its own, of which as many run as are needed.

Money's reactions and the steps of refunds go straight from the store, so that they need no Redis;
the rest goes through the queue, by which the workers share it. One of them keeps the schedule.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from conectar.adapters.inbound.worker.in_step import InStep
from conectar.adapters.inbound.worker.jobs import JobRunner
from conectar.adapters.inbound.worker.loops import keep_doing
from conectar.adapters.inbound.worker.relay import Queueing, Reacting, Relay
from conectar.adapters.inbound.worker.schedule import Schedule
from conectar.application.core import Core
from conectar.application.ports.queue import Queue
from conectar.application.reactions.registry import DIRECT, QUEUED
from conectar.application.reactions.relay import BATCH
from conectar.application.sweeps.sweep import Due, Sweep

DIRECT_LIMIT = 24
"""Deliveries of one batch of money's: whoever stops waits for them."""
Sleep = Callable[[float], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often it looks when nobody wakes it, how often the schedule comes, how much is done at
    once, how long what is under way may take when it stops."""

    idle: timedelta
    sweep: timedelta
    at_once: int
    drain_s: float


class WorkerProgram:
    """Everything a worker does."""

    def __init__(
        self,
        core: Core,
        queue: Queue,
        jobs: JobRunner,
        schedule: Schedule,
        in_step: InStep,
        alarm: Callable[[], Sleep],
        pace: Pace,
    ) -> None:
        self._core = core
        self._queue = queue
        self._jobs = jobs
        self._schedule = schedule
        self._in_step = in_step
        self._alarm = alarm
        self._pace = pace
        reacting = Reacting(core, pace.at_once)
        self._direct = Relay(core, reacting, DIRECT, DIRECT_LIMIT)
        self._queued = Relay(core, Queueing(queue), QUEUED)

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop; then it ends what it has begun, within the time for that."""
        idle = self._pace.idle.total_seconds()
        loops = (
            (partial(self._direct.drain, stop), partial(self._alarm(), idle)),
            (partial(self._offer, stop), partial(self._alarm(), idle)),
            (self._step_refunds, partial(self._alarm(), idle)),
            (self._schedule.once, partial(asyncio.sleep, self._pace.sweep.total_seconds())),
        )
        tasks = [
            asyncio.create_task(keep_doing(self._in_step.only(work), rest, stop))
            for work, rest in loops
        ]
        tasks.append(asyncio.create_task(self._jobs.run(stop, self._pace.drain_s)))
        await stop.wait()
        _, late = await asyncio.wait(tasks, timeout=self._pace.drain_s + 2)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _offer(self, stop: asyncio.Event) -> None:
        """What the queue may carry, while it has room."""
        while not stop.is_set() and await self._queue.has_room():
            if await self._queued.once() < BATCH:
                return

    async def _step_refunds(self) -> None:
        await self._core.execute(Sweep(due=Due.REFUNDS))
