"""Copies in this program."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

KEPT_MAX = 1000


class MemoryCache:
    """Implements Cache."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._loading: dict[str, asyncio.Event] = {}

    async def get(self, key: str) -> bytes | None:
        """What was kept under the key."""
        until, value = self._kept.get(key, (0.0, b""))
        return value if monotonic() < until else None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value; the oldest make room."""
        self._kept.pop(key, None)
        self._kept[key] = (monotonic() + seconds, value)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)

    @asynccontextmanager
    async def loading(self, key: str) -> AsyncIterator[bool]:
        """One at a time."""
        if other := self._loading.get(key):
            await other.wait()
            yield False
            return
        self._loading[key] = done = asyncio.Event()
        try:
            yield True
        finally:
            del self._loading[key]
            done.set()
