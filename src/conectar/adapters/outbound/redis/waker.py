"""The wake-up call from any program to the loops of every other, over Redis Pub/Sub.

A hint, no more: Pub/Sub forgets what nobody hears, and loops look for themselves anyway.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from redis.asyncio import Redis

from conectar.adapters.outbound.redis.connection import FAILURES

CHANNEL = "conectar:wake"
SILENCE_S = 2.0
"""How long Redis is left alone after it did not answer."""


class RedisWaker:
    """Implements Waker: rings `local` at once, and those of other programs over Redis. Calls that
    come while one is on its way become one."""

    def __init__(self, redis: Redis, local: Callable[[], None]) -> None:
        self._redis = redis
        self._local = local
        self._calling: asyncio.Task[None] | None = None
        self._again = False
        self._silent_until = 0.0

    def wake(self) -> None:
        """To be called in the loop."""
        self._local()
        self._again = True
        if self._calling is None or self._calling.done():
            self._calling = asyncio.create_task(self._call())

    async def _call(self) -> None:
        while self._again and monotonic() >= self._silent_until:
            self._again = False
            try:
                await self._redis.publish(CHANNEL, b"")
            except FAILURES:
                self._silent_until = monotonic() + SILENCE_S

    async def aclose(self) -> None:
        """Lets the last call go out."""
        if self._calling is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._calling, 1)
        await self._redis.aclose()


async def hear(redis: Redis, ring: Callable[[], None]) -> None:
    """Rings whenever a call comes, until cancelled; comes back when Redis does. A connection that
    fails while it is being closed says only that, so being cancelled is asked for."""
    task = asyncio.current_task()
    assert task is not None
    while not task.cancelling():
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as calls:
                await calls.subscribe(CHANNEL)
                ring()  # what was called meanwhile was not heard
                while not task.cancelling():
                    if await calls.get_message(timeout=10) is not None:
                        ring()
        except FAILURES:
            await asyncio.sleep(SILENCE_S)
