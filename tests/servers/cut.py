"""A wire to PostgreSQL that is cut at a commit."""

import asyncio
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from enum import Enum
from types import TracebackType
from typing import Self

from sqlalchemy import make_url

COMMIT = b"COMMIT\0"
"""As it is said on the wire; `READ COMMITTED` is not meant."""


class Cut(Enum):
    """When: before the server hears of it, or before we hear its answer."""

    ASKING = "asking"
    ANSWERING = "answering"


class Wire:
    """Between a program and its PostgreSQL; `cut` is for the next commit."""

    def __init__(self, url: str) -> None:
        self._to = make_url(url)
        self._tasks: set[asyncio.Task[None]] = set()
        self.cut: Cut | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        there = self._to.set(host="127.0.0.1", port=port)
        self.url = there.render_as_string(hide_password=False)
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, ours: StreamReader, to_us: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        theirs, to_them = await asyncio.open_connection(self._to.host, self._to.port)
        back = asyncio.create_task(_carry(theirs, to_us))
        try:
            while said := await ours.read(65_536):
                if self.cut and COMMIT in said:
                    now, self.cut = self.cut, None
                    if now is Cut.ANSWERING:
                        back.cancel()
                        await asyncio.wait([back])
                        to_them.write(said)
                        await theirs.read(65_536)
                    break
                to_them.write(said)
                await to_them.drain()
        finally:
            back.cancel()
            to_us.close()
            to_them.close()
            self._tasks.discard(task)


async def _carry(source: StreamReader, target: StreamWriter) -> None:
    with suppress(ConnectionError):
        while said := await source.read(65_536):
            target.write(said)
            await target.drain()
    target.close()
