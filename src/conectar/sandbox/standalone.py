"""The outside world as a program of its own: the real clock, moved by what was asked so far."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import uvicorn
from litestar import Litestar, asgi

from conectar.sandbox.app import create_app
from conectar.sandbox.settings import SandboxSettings
from conectar.sandbox.world import World

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SHUTDOWN_S = 2


class OffsetClock:
    """Real time and an offset."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        """The moved time, in UTC."""
        return datetime.now(UTC) + self.offset

    async def advance(self, delta: timedelta) -> None:
        """Move it forward."""
        self.offset += delta


def build(settings: SandboxSettings) -> Litestar:
    """The application under ``/sandbox``, with a world that runs while it does."""
    clock = OffsetClock()
    world = World(settings, now=clock.now, advance=clock.advance)
    clock.offset = world.clock_offset

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with world.running():
            yield

    mounted = asgi("/sandbox", is_mount=True, copy_scope=True)(create_app(world))
    return Litestar(
        route_handlers=[mounted], lifespan=[lifespan], openapi_config=None, logging_config=None
    )


def run(host: str, port: int, settings: SandboxSettings) -> None:
    """Serve until stopped. Raises ``ValueError`` for an address that others could reach: whoever
    reaches the sandbox can make payments appear."""
    if host not in _LOOPBACK:
        raise ValueError(f"the sandbox only listens on loopback, not on {host}")
    uvicorn.run(
        build(settings),
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
