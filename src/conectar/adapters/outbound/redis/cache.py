"""Copies for every process, in Redis."""

import asyncio
import struct
from time import monotonic, time
from typing import NamedTuple

from redis.asyncio import Redis

from conectar.adapters.outbound.redis.connection import FAILURES
from conectar.application.ports.cache import Taken

PREFIX = "conectar:copy:2:"
"""With the number of the shape of what is kept: older programs may run beside this one."""
LOADING = b""
"""Stands where a copy will be while somebody loads it; no copy is empty."""
UNTIL = struct.Struct("!d")
"""Before each copy: until when it is good, in seconds since 1970."""
LOADING_MS = 2000
"""So long a loader has; then the next one loads."""
LOOK_S = 0.02
TOGETHER_S = 0.01
"""How long a copy waits for others to go with."""
SILENCE_S = 2.0
"""How long Redis is left alone after it did not answer."""
NOTHING = Taken(None)


class Going(NamedTuple):
    """A copy on its way, and how long it is kept."""

    value: bytes
    milliseconds: int


class RedisCache:
    """Implements Cache. While Redis does not answer there are no copies, and everybody loads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._silent_until = 0.0
        self._going: dict[str, Going] = {}
        self._goes: asyncio.Task[None] | None = None

    async def take(self, key: str) -> Taken:
        """What is kept under the key, or the duty to load it, in one call where nobody loads."""
        if monotonic() < self._silent_until:
            return NOTHING
        try:
            until = monotonic() + LOADING_MS / 1000
            while True:
                found = await self._looked(PREFIX + key)
                if found is None:
                    return NOTHING
                if found != LOADING:
                    (end,) = UNTIL.unpack_from(found)
                    return Taken(found[UNTIL.size :], end - time())
                if monotonic() > until:
                    return NOTHING
                await asyncio.sleep(LOOK_S)
        except FAILURES:
            self._be_silent()
            return NOTHING

    def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value; those of the same moment go in one message."""
        if monotonic() < self._silent_until:
            return
        dated = UNTIL.pack(time() + seconds) + value
        self._going[PREFIX + key] = Going(dated, int(seconds * 1000))
        if self._goes is None:
            self._goes = asyncio.ensure_future(self._go())

    async def leave(self, key: str) -> None:
        """Who waits goes on."""
        if monotonic() < self._silent_until:
            return
        try:
            await self._redis.delete(PREFIX + key)
        except FAILURES:
            self._be_silent()

    async def aclose(self) -> None:
        """What has not gone does not go."""
        if self._goes:
            self._goes.cancel()
        await self._redis.aclose()

    async def _go(self) -> None:
        await asyncio.sleep(TOGETHER_S)
        going, self._going, self._goes = self._going, {}, None
        pipe = self._redis.pipeline(transaction=False)
        for name, one in going.items():
            pipe.set(name, one.value, px=one.milliseconds)
        try:
            await pipe.execute()
        except FAILURES:
            self._be_silent()

    async def _looked(self, name: str) -> bytes | None:
        """What is there; none: it is ours to load."""
        found: bytes | None = await self._redis.set(name, LOADING, nx=True, get=True, px=LOADING_MS)
        return found

    def _be_silent(self) -> None:
        self._silent_until = monotonic() + SILENCE_S
