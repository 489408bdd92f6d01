"""A clock that stands still, real servers on loopback, and a unit of work that is open."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import uvicorn

from conectar.application.ports.outside import PreferenceRequest
from conectar.application.ports.unit_of_work import UNIT_OPEN
from conectar.domain.kernel.ids import CheckoutId, JobId
from conectar.domain.kernel.money import Money


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 12, 0, 0, 123_000, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def skip(self, delta: timedelta) -> None:
        self.time += delta

    async def advance(self, delta: timedelta) -> None:
        self.skip(delta)


def preference_request(
    amount: str = "15000.50",
    checkout: UUID | None = None,
    title: str = "Cambiar la canilla",
    expires_at: datetime = datetime(2026, 3, 3, 12, 0, tzinfo=UTC),
) -> PreferenceRequest:
    return PreferenceRequest(
        checkout_id=CheckoutId(checkout or uuid4()),
        job_id=JobId(uuid4()),
        title=title,
        amount=Money.parse(amount),
        payer_email="ana@example.com",
        expires_at=expires_at,
    )


@contextmanager
def unit_open() -> Iterator[None]:
    token = UNIT_OPEN.set(True)
    try:
        yield
    finally:
        UNIT_OPEN.reset(token)


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """An ASGI application behind a real server; its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


class Canned:
    """A server that gives the prepared answers in turn (the last one for ever), and keeps what
    it was asked. An answer is raw bytes; none means that the connection is cut."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.connections = 0
        self.silent = False

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append((head[0], headers, body))
        if self.silent:
            await asyncio.sleep(30)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        writer.write(answer)
        await writer.drain()
        return bool(answer)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.handle, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        try:
            yield f"http://{host}:{port}"
        finally:
            server.close()


def http(status: int, body: str = "", media: str = "application/json", more: str = "") -> bytes:
    """A raw HTTP answer."""
    raw = body.encode()
    head = f"HTTP/1.1 {status} Whatever\r\ncontent-type: {media}\r\n{more}"
    return f"{head}content-length: {len(raw)}\r\n\r\n".encode() + raw
