"""Copies for every process, in Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from uuid import uuid4

from redis.asyncio import Redis

from conectar.adapters.outbound.redis.connection import FAILURES

PREFIX = "conectar:copy:"
LOADING_MS = 2000
"""So long a loader has; then the next one loads."""
LOOK_S = 0.02
SILENCE_S = 2.0
"""How long Redis is left alone after it did not answer."""
LET_GO = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisCache:
    """Implements Cache. While Redis does not answer there are no copies, and everybody loads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._let_go = redis.register_script(LET_GO)
        self._silent_until = 0.0

    async def get(self, key: str) -> bytes | None:
        """What is kept under the key."""
        if self._silent:
            return None
        try:
            kept: bytes | None = await self._redis.get(PREFIX + key)
        except FAILURES:
            self._be_silent()
            return None
        return kept

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value."""
        if self._silent:
            return
        try:
            await self._redis.set(PREFIX + key, value, px=int(seconds * 1000))
        except FAILURES:
            self._be_silent()

    @asynccontextmanager
    async def loading(self, key: str) -> AsyncIterator[bool]:
        """One at a time, of all processes."""
        lock, mine = f"{PREFIX}loading:{key}", uuid4().hex
        if await self._taken(lock, mine):
            try:
                yield True
            finally:
                await self._release(lock, mine)
            return
        await self._gone(lock)
        yield self._silent

    async def _taken(self, lock: str, mine: str) -> bool:
        if self._silent:
            return True
        try:
            return bool(await self._redis.set(lock, mine, nx=True, px=LOADING_MS))
        except FAILURES:
            self._be_silent()
            return True

    async def _release(self, lock: str, mine: str) -> None:
        if self._silent:
            return
        try:
            await self._let_go(keys=[lock], args=[mine])
        except FAILURES:
            self._be_silent()

    async def _gone(self, lock: str) -> None:
        """Waits until nobody loads; a loader's time is limited, so this has an end."""
        try:
            while await self._redis.exists(lock):  # noqa: ASYNC110  (of another process)
                await asyncio.sleep(LOOK_S)
        except FAILURES:
            self._be_silent()

    @property
    def _silent(self) -> bool:
        return monotonic() < self._silent_until

    def _be_silent(self) -> None:
        self._silent_until = monotonic() + SILENCE_S
