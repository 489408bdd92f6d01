"""Copies for every process, in Redis."""

import asyncio
from time import monotonic

from redis.asyncio import Redis

from conectar.adapters.outbound.redis.connection import FAILURES
from conectar.application.ports.cache import Taken

PREFIX = "conectar:copy:"
LOADING = "conectar:loading:"
LOADING_MS = 2000
"""So long a loader has; then the next one loads."""
LOOK_S = 0.02
SILENCE_S = 2.0
"""How long Redis is left alone after it did not answer."""
NOTHING = Taken(None)


class RedisCache:
    """Implements Cache. While Redis does not answer there are no copies, and everybody loads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._silent_until = 0.0

    async def take(self, key: str) -> Taken:
        """What is kept under the key, or the duty to load it; one call where nobody loads."""
        if monotonic() < self._silent_until:
            return NOTHING
        try:
            until = monotonic() + LOADING_MS / 1000
            while True:
                value, mine = await self._looked(key)
                if value is not None or mine or monotonic() > until:
                    return Taken(value)
                await asyncio.sleep(LOOK_S)
        except FAILURES:
            self._be_silent()
            return NOTHING

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value."""
        if monotonic() < self._silent_until:
            return
        try:
            async with self._redis.pipeline(transaction=False) as both:
                both.set(PREFIX + key, value, px=int(seconds * 1000))
                both.delete(LOADING + key)
                await both.execute()
        except FAILURES:
            self._be_silent()

    async def leave(self, key: str) -> None:
        """Who waits goes on."""
        if monotonic() < self._silent_until:
            return
        try:
            await self._redis.delete(LOADING + key)
        except FAILURES:
            self._be_silent()

    async def _looked(self, key: str) -> tuple[bytes | None, bool]:
        """What is there, and whether it is ours to load."""
        async with self._redis.pipeline(transaction=False) as both:
            both.get(PREFIX + key)
            both.set(LOADING + key, b"", nx=True, px=LOADING_MS)
            value, mine = await both.execute()
        if value is not None and mine:
            await self._redis.delete(LOADING + key)
        return value, bool(mine)

    def _be_silent(self) -> None:
        self._silent_until = monotonic() + SILENCE_S
