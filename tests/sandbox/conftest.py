"""A world with a clock that only moves when told, and clients to talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from conectar.sandbox import SandboxSettings, World, create_app

from .support import COLLECTOR, SECRET, TOKEN, Sandbox


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    async def advance(self, delta: timedelta) -> None:
        self.time += delta


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> SandboxSettings:
    return SandboxSettings(
        access_token=TOKEN,
        collector_id=COLLECTOR,
        webhook_secret=SECRET,
        public_url="http://127.0.0.1:8000/sandbox",
        state_file=tmp_path / "world" / "state.json",
    )


@pytest.fixture
def world(settings: SandboxSettings, clock: Clock) -> World:
    return World(settings, now=clock.now, advance=clock.advance)


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[Sandbox]:
    transport = httpx.ASGITransport(app=create_app(world))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield Sandbox(client)
