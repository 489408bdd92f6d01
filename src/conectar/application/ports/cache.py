"""Copies of what the public reads, encoded, for every process to take."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Cache(Protocol):
    """May forget anything at any time, and is asked nothing it must not forget."""

    async def get(self, key: str) -> bytes | None:
        """What was kept under the key, if it still is."""
        ...

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value for so long at most."""
        ...

    def loading(self, key: str) -> AbstractAsyncContextManager[bool]:
        """Of all who ask at once, one loads: True for who should, and for anybody while it can't
        be told. The others wait until that one is done, for a moment at most: False."""
        ...
