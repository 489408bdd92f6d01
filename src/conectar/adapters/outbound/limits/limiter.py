"""How often somebody may ask, counted in this process, or in Redis for all of them.

A sliding window made of two counters: the last window's count, weighted by how much of it is still
in sight, and this window's: two numbers a key to remember, and in Redis one script a hit, so that
no two processes let the same one through.
"""

import time
from collections.abc import Callable
from functools import cache
from math import ceil
from typing import Any, NamedTuple

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

ANSWER_S = 0.25
"""How long Redis may take. Who waits in vain does not ask again for SILENCE_S."""
SILENCE_S = 2.0
"""How long it is left alone after it did not answer."""


class Allowance(NamedTuple):
    """What is left of a limit after a hit; see the port of the same name."""

    allowed: bool
    limit: int
    remaining: int
    window_seconds: int
    reset_seconds: int


class WindowLimiter:
    """Counts in one storage, by the machine's clock. Belongs to the event loop of its first hit.
    `sharers`: so many count apart, each its part of every limit."""

    def __init__(self, storage: Callable[[], Storage], sharers: int = 1) -> None:
        self._storage = storage
        self._sharers = sharers
        self._strategy: SlidingWindowCounterRateLimiter | None = None

    async def hit(self, limit: str, key: str) -> Allowance:
        """One more use of `limit` (`100/minute`) by `key`. A refused hit doesn't count. Raises
        ValueError for a limit that can't be read."""
        item, strategy = _parsed(limit, self._sharers), self._started()
        allowed = await strategy.hit(item, key)
        reset_at, remaining = await strategy.get_window_stats(item, key)
        return Allowance(
            allowed=allowed,
            limit=item.amount,
            remaining=remaining,
            window_seconds=item.get_expiry(),
            reset_seconds=max(1, ceil(reset_at - time.time())),
        )

    def _started(self) -> SlidingWindowCounterRateLimiter:
        if self._strategy is None:  # its storage wants a running loop
            self._strategy = SlidingWindowCounterRateLimiter(self._storage())
        return self._strategy


class MemoryLimiter(WindowLimiter):
    """Implements Limiter, in this process."""

    def __init__(self, sharers: int = 1) -> None:
        super().__init__(MemoryStorage, sharers)


class RedisLimiter:
    """Implements Limiter over one Redis. While that does not answer, each process counts for
    itself, one of `sharers`, and asks again after a moment."""

    def __init__(self, url: str, sharers: int = 1) -> None:
        self._shared = WindowLimiter(lambda: _redis(url))
        self._local = MemoryLimiter(sharers)
        self._silent_until = 0.0

    async def hit(self, limit: str, key: str) -> Allowance:
        """One more use of `limit` by `key`, as in WindowLimiter."""
        if time.monotonic() >= self._silent_until:
            try:
                return await self._shared.hit(limit, key)
            except StorageError:
                self._silent_until = time.monotonic() + SILENCE_S
        return await self._local.hit(limit, key)


def _redis(url: str) -> Storage:
    waits: Any = {"socket_timeout": ANSWER_S, "socket_connect_timeout": ANSWER_S}
    return RedisStorage(f"async+{url}", True, implementation="redispy", **waits)


@cache
def _parsed(limit: str, sharers: int) -> RateLimitItem:
    whole = parse(limit)
    return type(whole)(max(1, whole.amount // sharers), whole.multiples)
