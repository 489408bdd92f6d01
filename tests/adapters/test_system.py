import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from conectar.adapters.outbound.system import clock as clock_module
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.adapters.outbound.system.ids import UuidIds
from conectar.adapters.outbound.system.waker import InProcessWaker

pytestmark = pytest.mark.anyio


def test_the_clock_is_the_machine_s_plus_an_offset() -> None:
    clock = SystemClock(timedelta(days=3))
    ahead = clock.now() - datetime.now(UTC) - timedelta(days=3)
    assert abs(ahead) < timedelta(seconds=1) and clock.now().utcoffset() == timedelta(0)
    before = clock.now()
    clock.advance(timedelta(hours=1))
    assert timedelta(hours=1) <= clock.now() - before < timedelta(hours=1, seconds=1)
    assert clock.offset == timedelta(days=3, hours=1)


def test_the_clock_stands_still_until_a_small_step_back_is_caught_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = SystemClock()
    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(microseconds=-1))
    moment, second = datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=1)
    before = moment - timedelta(hours=1)
    told = [moment, moment - second, moment + second, moment - second, before, before + second]
    times = iter(told)

    class Machine:
        @staticmethod
        def now(_: object) -> datetime:
            return next(times)

    clock = SystemClock()
    monkeypatch.setattr(clock_module, "datetime", Machine)
    shown = [moment, moment, moment + second, moment + second, before, before + second]
    assert [clock.now() for _ in told] == shown, "who was wrong by an hour goes along"


def test_ids_are_uuid7_and_sort_as_made() -> None:
    ids = UuidIds()
    made = [ids.new() for _ in range(20_000)]
    assert made == sorted(made) and len(set(made)) == 20_000
    assert {id.version for id in made} == {7}
    stamp = made[-1].int >> 80
    assert abs(stamp / 1000 - time.time()) < 5


def test_secrets_are_256_bits_for_an_url() -> None:
    made = {UuidIds().secret() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(
        len(text) == 43 and text.replace("-", "").replace("_", "").isalnum() for text in made
    )


def test_a_waker_may_be_woken_before_there_is_a_loop() -> None:
    waker = InProcessWaker()
    alarm = waker.alarm()
    waker.wake()
    assert asyncio.run(alarm.wait(5))


async def test_a_call_wakes_the_sleeper_once() -> None:
    waker = InProcessWaker()
    alarm = waker.alarm()
    sleeper = asyncio.create_task(alarm.wait(5))
    await asyncio.sleep(0)
    started = time.perf_counter()
    waker.wake()
    waker.wake()
    assert await sleeper and time.perf_counter() - started < 1
    assert not await alarm.wait(0.01)


async def test_all_sleepers_are_woken() -> None:
    waker = InProcessWaker()
    alarms = [waker.alarm() for _ in range(3)]
    asleep, busy = [asyncio.create_task(alarm.wait(5)) for alarm in alarms[:2]], alarms[2]
    await asyncio.sleep(0)
    waker.wake()
    assert await asyncio.gather(*asleep) == [True, True]
    assert await busy.wait(5), "who was busy is told when he looks"
