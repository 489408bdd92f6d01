"""The queue, on saq."""

import asyncio
import random
from collections.abc import Sequence
from time import monotonic
from typing import Any

import msgspec
from redis.asyncio import Redis
from saq.job import Job
from saq.queue.redis import RedisQueue

from conectar.adapters.outbound.redis.connection import FAILURES
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.outside import Unavailable
from conectar.application.ports.queue import DELIVER

NAME = "conectar"
JOB_TIMEOUT_S = 60
"""Of a whole job; each wait inside has a shorter end of its own."""
JOB_KEPT_S = 120
"""So long an ended job can be looked at."""
CROWD = 200
"""Jobs that wait; whoever has more is not given another."""
SILENCE_S = 1.0
BACKOFF_S = (0.5, 5.0)


class PatientJobs(RedisQueue):
    """saq's queue, which without a Redis waits longer each time: saq's own asks again at once, for
    ever."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis, name=NAME, dump=_dump, load=msgspec.json.decode)
        self._failures = 0

    async def dequeue(self, timeout: float = 0.0, poll_interval: float = 0.0) -> Job | None:  # noqa: ASYNC109
        """The next job, or None after a while."""
        try:
            job = await super().dequeue(timeout, poll_interval)
        except FAILURES:
            self._failures += 1
            first, most = BACKOFF_S
            longest = min(most, first * 2 ** min(self._failures, 8))
            await asyncio.sleep(random.uniform(first, longest))  # noqa: S311
            return None
        self._failures = 0
        return job

    async def worked(self) -> bool:
        """Whether a worker was heard of within the last minute."""
        return bool((await self.info())["workers"])

    async def answers(self) -> None:
        """Raises Unavailable if its Redis does not."""
        try:
            await self.count("queued")
        except FAILURES as error:
            raise Unavailable() from error


class SaqQueue:
    """Implements Queue."""

    def __init__(self, jobs: PatientJobs) -> None:
        self._jobs = jobs
        self._silent_until = 0.0

    async def has_room(self) -> bool:
        """Asks, unless it did not answer a moment ago."""
        if monotonic() < self._silent_until:
            return False
        try:
            return await self._jobs.count("queued") < CROWD
        except FAILURES:
            self._silent_until = monotonic() + SILENCE_S
            return False

    async def put(self, deliveries: Sequence[Delivery]) -> None:
        """A job each, with a key of its own: what became of the one before, nobody knows."""
        try:
            await asyncio.gather(*map(self._put, deliveries))
        except FAILURES as error:
            self._silent_until = monotonic() + SILENCE_S
            raise Unavailable() from error

    async def _put(self, delivery: Delivery) -> None:
        await self._jobs.enqueue(
            DELIVER,
            timeout=JOB_TIMEOUT_S,
            ttl=JOB_KEPT_S,
            retries=1,
            event_id=str(delivery.event_id),
            reaction=delivery.reaction,
        )


def _dump(told: Any) -> str:
    return msgspec.json.encode(told).decode()
