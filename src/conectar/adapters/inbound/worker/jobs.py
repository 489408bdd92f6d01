"""Jobs of the queue: each carries the ids of one delivery, and carries that out.

saq brings a job from one program to another and shows what goes on; that a job is done, tried
again or given up is written in the store, with its delivery. So a job that fails is no failure of
the queue's, and one that the queue loses comes again.
"""

import asyncio
from time import monotonic
from typing import Any
from uuid import UUID

from saq import Queue as Jobs
from saq import Worker

from conectar.adapters.inbound.worker.in_step import InStep
from conectar.adapters.inbound.worker.relay import Reacting
from conectar.application.core import Core
from conectar.application.ports.queue import DELIVER
from conectar.application.reactions.relay import FindDelivery
from conectar.domain.kernel.ids import EventId

DEQUEUE_S = 1.0
"""So long one connection waits for a job; less than Redis may take to answer."""
TIMERS: Any = {"schedule": 30, "worker_info": 10, "sweep": 60, "abort": 5}


class JobRunner:
    """Takes jobs from the queue, so many at a time."""

    def __init__(self, core: Core, jobs: Jobs, in_step: InStep, at_once: int) -> None:
        self._core = core
        self._in_step = in_step
        self._react = Reacting(core, at_once).react
        self._worker = _Worker(
            jobs,
            [(DELIVER, self._deliver)],
            concurrency=at_once,
            dequeue_timeout=DEQUEUE_S,
            timers=TIMERS,
        )

    async def run(self, stop: asyncio.Event, drain_s: float) -> None:
        """Until it is told to stop; then jobs under way may take so long to end."""
        if stop.is_set():  # saq's worker would not hear of it: it begins with an event of its own
            return
        self._worker.drain_s = drain_s
        running = asyncio.create_task(self._worker.start())
        await stop.wait()
        self._worker.event.set()
        await running

    async def _deliver(self, _: Any, *, event_id: str, reaction: str) -> None:
        if not await self._in_step():
            return  # it comes again
        wanted = FindDelivery(event_id=EventId(UUID(event_id)), reaction=reaction)
        if delivery := await self._core.execute(wanted):
            await self._react(delivery)


class _Worker(Worker[Any]):
    """saq's, which lets its jobs end before it lets go of those who wait for one: its own way is to
    wait for both, and one who waits for a job is never done."""

    SIGNALS = []  # noqa: RUF012  (saq's own shape)
    drain_s = 0.0

    async def stop(self) -> None:
        """Stops."""
        self.event.set()
        until = monotonic() + self.drain_s
        while self.job_task_contexts and monotonic() < until:  # noqa: ASYNC110  (saq has no event)
            await asyncio.sleep(0.02)
        for task in self.tasks:
            task.cancel()
        await super().stop()
