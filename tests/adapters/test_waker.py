"""Whoever listens for calls over Redis, when he is told to stop."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError

from conectar.adapters.outbound.redis.waker import CHANNEL, hear
from tests.servers.redis import redis_url

SOON_S = 4.0


@pytest.mark.parametrize("closing", [False, True], ids=["closes", "fails while it closes"])
async def test_who_is_cancelled_ends(closing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that goes at the same moment hides that somebody said stop."""
    close = PubSub.aclose

    async def fails(self: PubSub) -> None:
        await close(self)
        raise RedisConnectionError("gone while closing")

    if closing:
        monkeypatch.setattr(PubSub, "aclose", fails)
    redis: Any = Redis.from_url(redis_url())
    rings = asyncio.Queue[None]()
    task = asyncio.create_task(hear(redis, lambda: rings.put_nowait(None)))
    try:
        await asyncio.wait_for(rings.get(), SOON_S)  # it listens
        await redis.publish(CHANNEL, b"")
        await asyncio.wait_for(rings.get(), SOON_S)
        task.cancel()
        ended, _ = await asyncio.wait({task}, timeout=SOON_S)
        assert ended
    finally:
        monkeypatch.undo()
        task.cancel()
        await redis.aclose()
