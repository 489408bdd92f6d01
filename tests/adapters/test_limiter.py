"""How often one may ask, counted in a process or in Redis."""

import asyncio
import signal
import time
from collections.abc import Iterator

import pytest
import redis

from conectar.adapters.outbound.limits import limiter as module
from conectar.adapters.outbound.limits.limiter import MemoryLimiter, RedisLimiter
from conectar.application.ports.system import Limiter
from tests.servers.redis import Redis, redis_url

pytestmark = pytest.mark.anyio


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine's Redis is given time, for whoever does not wait for it counts alone."""
    monkeypatch.setattr(module, "ANSWER_S", 10)


@pytest.fixture(params=["memory", "redis"])
def limiter(request: pytest.FixtureRequest, patience: None) -> Limiter:
    """Each, and nobody has asked yet."""
    if request.param == "memory":
        return MemoryLimiter()
    redis.Redis.from_url(redis_url()).flushdb()
    return RedisLimiter(redis_url())


@pytest.fixture
def server() -> Iterator[Redis]:
    """A Redis that may be ended."""
    own = Redis()
    yield own
    own.end()


async def test_fifty_at_once_and_exactly_ten_pass(limiter: Limiter) -> None:
    hits = await asyncio.gather(*(limiter.hit("10/hour", "ana") for _ in range(50)))
    assert sum(hit.allowed for hit in hits) == 10
    assert {hit.limit for hit in hits} == {10} and {hit.window_seconds for hit in hits} == {3600}


async def test_what_is_left_goes_down_to_nothing(limiter: Limiter) -> None:
    hits = [await limiter.hit("3/hour", "ana") for _ in range(5)]
    assert [hit.allowed for hit in hits] == [True, True, True, False, False]
    assert [hit.remaining for hit in hits] == [2, 1, 0, 0, 0]
    assert all(1 <= hit.reset_seconds <= 3600 for hit in hits)


async def test_keys_and_limits_are_counted_apart(limiter: Limiter) -> None:
    assert (await limiter.hit("1/hour", "ana")).allowed
    assert not (await limiter.hit("1/hour", "ana")).allowed
    assert (await limiter.hit("1/hour", "beto")).allowed
    assert (await limiter.hit("2/hour", "ana")).allowed


async def test_each_process_of_its_own_counts_alone() -> None:
    assert (await MemoryLimiter().hit("1/hour", "ana")).allowed
    assert (await MemoryLimiter().hit("1/hour", "ana")).allowed


async def test_the_window_moves_on(limiter: Limiter) -> None:
    assert (await limiter.hit("1/second", "ana")).allowed
    refused = await limiter.hit("1/second", "ana")
    assert not refused.allowed and refused.reset_seconds == 1
    await asyncio.sleep(2.1)
    assert (await limiter.hit("1/second", "ana")).allowed


@pytest.mark.parametrize("limit", ["", "ten/minute", "5/fortnight"])
async def test_a_limit_that_can_not_be_read(limit: str) -> None:
    with pytest.raises(ValueError, match=r"parse|granularity"):
        await MemoryLimiter().hit(limit, "ana")


async def test_four_at_one_redis_let_no_more_through_than_one(
    server: Redis, patience: None
) -> None:
    limiters = [RedisLimiter(server.url) for _ in range(4)]
    hits = await asyncio.gather(*(one.hit("20/minute", "ana") for one in limiters * 15))
    assert sum(hit.allowed for hit in hits) == 20


async def test_without_redis_each_counts_for_itself_and_comes_back(server: Redis) -> None:
    limiter = RedisLimiter(server.url)
    assert (await limiter.hit("2/hour", "ana")).remaining == 1
    server.crash()
    hits = [await limiter.hit("2/hour", "ana") for _ in range(3)]
    assert [hit.allowed for hit in hits] == [True, True, False]
    server.start()
    await asyncio.sleep(2.1)
    assert (await limiter.hit("2/hour", "ana")).remaining == 1, "Redis forgot, and counts again"


async def test_without_redis_all_together_let_no_more_through_than_one(server: Redis) -> None:
    limiters = [RedisLimiter(server.url, sharers=3) for _ in range(3)]
    server.crash()
    hits = await asyncio.gather(*(one.hit("20/hour", "ana") for one in limiters * 15))
    assert sum(hit.allowed for hit in hits) == 18, "a third each, and no parts of one"
    assert (await limiters[0].hit("2/hour", "beto")).allowed, "but one at least"


async def test_a_redis_that_stands_still_holds_nobody_up(server: Redis) -> None:
    limiter = RedisLimiter(server.url)
    await limiter.hit("100/hour", "ana")
    server.signal(signal.SIGSTOP)
    started = time.monotonic()
    for _ in range(50):
        assert (await limiter.hit("100/hour", "ana")).allowed
    server.signal(signal.SIGCONT)
    assert time.monotonic() - started < 1.5
