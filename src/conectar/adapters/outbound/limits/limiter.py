"""How often somebody may ask, counted in this process.

A sliding window made of two counters: the last window's count, weighted by how much of it is still
in sight, and this window's. Exact within one event loop, and two numbers a key to remember.
"""

import time
from functools import cache
from math import ceil
from typing import NamedTuple

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter


class Allowance(NamedTuple):
    """What is left of a limit after a hit; see the port of the same name."""

    allowed: bool
    limit: int
    remaining: int
    window_seconds: int
    reset_seconds: int


class MemoryLimiter:
    """Implements Limiter, by the machine's clock. Belongs to the event loop of its first hit."""

    def __init__(self) -> None:
        self._strategy: SlidingWindowCounterRateLimiter | None = None

    async def hit(self, limit: str, key: str) -> Allowance:
        """One more use of `limit` (`100/minute`) by `key`. A refused hit doesn't count. Raises
        ValueError for a limit that can't be read."""
        item, strategy = _parsed(limit), self._started()
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
            self._strategy = SlidingWindowCounterRateLimiter(MemoryStorage())
        return self._strategy


@cache
def _parsed(limit: str) -> RateLimitItem:
    return parse(limit)
