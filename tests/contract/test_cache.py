"""Copies: kept for a while, loaded by one of all who ask, and never needed."""

import asyncio
import signal
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from conectar.adapters.outbound.memory.cache import MemoryCache
from conectar.adapters.outbound.redis.cache import RedisCache
from conectar.adapters.outbound.redis.connection import patient, quick
from conectar.application.ports.cache import Cache
from tests.servers.redis import Redis, redis_url


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    """Each, empty; a busy machine's Redis is given time."""
    if request.param == "memory":
        yield MemoryCache()
        return
    redis = patient(redis_url())
    await redis.flushdb()
    kept = RedisCache(redis)
    yield kept
    await kept.aclose()


async def test_what_is_put_is_there_for_a_while(cache: Cache) -> None:
    assert (await cache.take("a")).value is None
    cache.put("a", b"\x00copy", 1.5)
    await asyncio.sleep(0.3)
    value, left = await cache.take("a")
    assert value == b"\x00copy" and 0 < left <= 1.2
    assert (await cache.take("b")).value is None
    await asyncio.sleep(1.6)
    assert (await cache.take("a")).value is None


async def test_one_loads_and_the_others_have_it(cache: Cache) -> None:
    loaded: list[int] = []

    async def ask(number: int) -> bytes | None:
        value = (await cache.take("a")).value
        if value is None:
            loaded.append(number)
            await asyncio.sleep(0.1)
            cache.put("a", b"x", 10)
        return value

    answers = await asyncio.gather(*map(ask, range(20)))
    assert len(loaded) == 1
    assert answers.count(b"x") == 19


async def test_who_can_not_load_leaves_it_to_the_next(cache: Cache) -> None:
    assert (await cache.take("a")).value is None
    waiting = asyncio.create_task(cache.take("a"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await cache.leave("a")
    assert (await asyncio.wait_for(waiting, 1)).value is None
    cache.put("a", b"y", 10)
    assert (await cache.take("a")).value == b"y"


async def test_what_is_put_at_once_is_all_there(cache: Cache) -> None:
    keys = [f"copy {number}" for number in range(50)]
    for key in keys:
        assert (await cache.take(key)).value is None
    for key in keys:
        cache.put(key, key.encode(), 10)
    taken = await asyncio.gather(*map(cache.take, keys))
    assert [one.value for one in taken] == [key.encode() for key in keys]


async def test_a_loader_who_dies_is_not_waited_for_for_ever() -> None:
    redis = quick(redis_url())
    await redis.flushdb()
    cache = RedisCache(redis)
    assert (await cache.take("a")).value is None
    started = monotonic()
    assert (await cache.take("a")).value is None
    assert 1.5 < monotonic() - started < 4
    await redis.aclose()


@pytest.mark.parametrize("how", ["killed", "stopped"])
async def test_without_redis_everybody_loads(how: str) -> None:
    server = Redis()
    redis = quick(server.url)
    try:
        cache = RedisCache(redis)
        cache.put("a", b"x", 10)
        if how == "killed":
            server.crash()
        else:
            server.signal(signal.SIGSTOP)
        started = monotonic()
        for _ in range(50):
            assert (await cache.take("a")).value is None
            cache.put("a", b"z", 10)
            await cache.leave("a")
        assert monotonic() - started < 2, "it is asked once in a while"
        if how == "killed":
            server.start()
        else:
            server.signal(signal.SIGCONT)
        until = monotonic() + 20
        while (await cache.take("b")).value != b"y":
            assert monotonic() < until, "it is used again once it answers"
            await asyncio.sleep(0.2)
            cache.put("b", b"y", 10)
    finally:
        await redis.aclose()
        server.end()
