"""Answers leave by one call of the system, and nothing else is different."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from conectar.bootstrap.http import listen
from conectar.bootstrap.one_write import Gathering, OneWriteProtocol

START = {"type": "http.response.start", "status": 200, "headers": []}
ASK = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
CHUNK = b"x" * 16_384
A_SOCKETS_FILL = 16 * 2**20
"""More than the system keeps for somebody who doesn't read."""


class Wire:
    """A transport that remembers what was written to it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed, "it is gone"
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, _name: str) -> None:
        return None


def body(data: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": more}


def config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(app, http=OneWriteProtocol, lifespan="off", log_config=None)


async def answered(app: Any, *, times: int = 1) -> list[bytes]:
    """What is written to somebody who asks so often, each time after the answer."""
    told, state, wire = config(app), ServerState(), Wire()
    told.load()
    protocol = OneWriteProtocol(told, state, {})
    protocol.connection_made(wire)
    for _ in range(times):
        protocol.data_received(ASK)
        await asyncio.gather(*state.tasks)
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    return wire.written


async def test_head_and_body_are_one_write() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(START)
        await send(body(b"hello"))

    written = await answered(app, times=3)
    assert [one[:15] for one in written] == [b"HTTP/1.1 200 OK"] * 3
    assert [one[-17:] for one in written] == [b"\r\n5\r\nhello\r\n0\r\n\r\n"[-17:]] * 3


async def test_what_is_said_later_is_not_waited_for() -> None:
    """A stream begins when it begins, and not with its first event."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(START)
        await send(body(b": hello", more=True))
        await asyncio.sleep(0.01)
        await send(body(b"event"))

    first, second = await answered(app)
    assert b": hello" in first and b"event" not in first and b"event" in second


@pytest.mark.parametrize("gone", [False, True], ids=["closed by us", "gone already"])
async def test_who_is_gone_is_told_nothing_and_who_is_sent_away_everything(gone: bool) -> None:
    wire = Wire()
    gathering = Gathering(wire, asyncio.get_running_loop())  # type: ignore[arg-type]
    gathering.write(b"good")
    gathering.write(b"bye")
    wire.closed = gone
    gathering.close()
    await asyncio.sleep(0)
    assert wire.closed and wire.written == ([] if gone else [b"goodbye"])


async def test_a_slow_reader_slows_a_stream_down() -> None:
    """Whoever never yields while he writes, too, would fill the memory else."""
    sent = 0

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        nonlocal sent
        await send(START)
        while sent < 2 * A_SOCKETS_FILL:
            await send(body(CHUNK, more=True))
            sent += len(CHUNK)
        await send(body(b""))

    bound = listen("127.0.0.1", 0)
    bound.listen()
    server = uvicorn.Server(config(app))
    serving = asyncio.create_task(server.serve([bound]))
    reader, writer = await asyncio.open_connection(*bound.getsockname())
    writer.write(ASK)
    await reader.readuntil(b"\r\n\r\n")
    before = -1
    while before < sent:
        before = sent
        await asyncio.sleep(0.3)
    assert 0 < sent < A_SOCKETS_FILL, "nobody read it"
    read = 0
    while read < 2 * A_SOCKETS_FILL:
        read += len(await reader.read(2**20))
    assert sent == 2 * A_SOCKETS_FILL
    writer.close()
    server.should_exit = True
    with suppress(ConnectionError):
        await serving
