"""uvicorn's protocol, with the head of an answer and its body sent by one call of the system: the
second one was a third of what a short answer cost.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ENOUGH = 65_536
"""So many bytes don't wait: a long stream has to feel that its reader is slow."""


class OneWriteProtocol(HttpToolsProtocol):
    """HTTP over a Gathering transport."""

    def connection_made(self, transport: Any) -> None:
        """Somebody is there."""
        super().connection_made(Gathering(transport, self.loop))  # type: ignore[arg-type]


class Gathering:
    """A transport, whose writes of one turn of the loop leave together."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing
        self._loop = loop
        self._parts: list[bytes] = []
        self._length = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Soon, after what was written before."""
        if not self._parts:
            self._loop.call_soon(self._leave)
        self._parts.append(data)
        self._length += len(data)
        if self._length >= ENOUGH:
            self._leave()

    def close(self) -> None:
        """After what was written."""
        self._leave()
        self._transport.close()

    def _leave(self) -> None:
        parts, self._parts, self._length = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))
