"""Copies in this program."""

import asyncio
from collections import OrderedDict
from time import monotonic

from conectar.application.ports.cache import Taken

KEPT_MAX = 1000


class MemoryCache:
    """Implements Cache."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._loading: dict[str, asyncio.Event] = {}

    async def take(self, key: str) -> Taken:
        """What is kept under the key, or the duty to load it."""
        if other := self._loading.get(key):
            await other.wait()
        until, value = self._kept.get(key, (0.0, b""))
        left = until - monotonic()
        if left > 0:
            return Taken(value, left)
        self._loading[key] = asyncio.Event()
        return Taken(None)

    def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value; the oldest make room."""
        self._kept.pop(key, None)
        self._kept[key] = (monotonic() + seconds, value)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        self._go_on(key)

    async def leave(self, key: str) -> None:
        """Who waits goes on."""
        self._go_on(key)

    def _go_on(self, key: str) -> None:
        if done := self._loading.pop(key, None):
            done.set()
