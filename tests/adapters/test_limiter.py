import asyncio

import pytest

from conectar.adapters.outbound.limits.limiter import MemoryLimiter

pytestmark = pytest.mark.anyio


async def test_fifty_at_once_and_exactly_ten_pass() -> None:
    limiter = MemoryLimiter()
    hits = await asyncio.gather(*(limiter.hit("10/hour", "ana") for _ in range(50)))
    assert sum(hit.allowed for hit in hits) == 10
    assert {hit.limit for hit in hits} == {10} and {hit.window_seconds for hit in hits} == {3600}


async def test_what_is_left_goes_down_to_nothing() -> None:
    limiter = MemoryLimiter()
    hits = [await limiter.hit("3/hour", "ana") for _ in range(5)]
    assert [hit.allowed for hit in hits] == [True, True, True, False, False]
    assert [hit.remaining for hit in hits] == [2, 1, 0, 0, 0]
    assert all(1 <= hit.reset_seconds <= 3600 for hit in hits)


async def test_keys_and_limits_are_counted_apart() -> None:
    limiter = MemoryLimiter()
    assert (await limiter.hit("1/hour", "ana")).allowed
    assert not (await limiter.hit("1/hour", "ana")).allowed
    assert (await limiter.hit("1/hour", "beto")).allowed
    assert (await limiter.hit("2/hour", "ana")).allowed
    assert (await MemoryLimiter().hit("1/hour", "ana")).allowed


async def test_the_window_moves_on() -> None:
    limiter = MemoryLimiter()
    assert (await limiter.hit("1/second", "ana")).allowed
    refused = await limiter.hit("1/second", "ana")
    assert not refused.allowed and refused.reset_seconds == 1
    await asyncio.sleep(2.1)
    assert (await limiter.hit("1/second", "ana")).allowed


@pytest.mark.parametrize("limit", ["", "ten/minute", "5/fortnight"])
async def test_a_limit_that_can_not_be_read(limit: str) -> None:
    with pytest.raises(ValueError, match=r"parse|granularity"):
        await MemoryLimiter().hit(limit, "ana")
