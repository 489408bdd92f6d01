"""What a worker does when it is told to stop, and what it does not begin."""

import asyncio
from time import monotonic
from typing import Any

import pytest

from conectar.adapters.inbound.worker.in_step import InStep
from conectar.adapters.inbound.worker.jobs import JobRunner
from conectar.adapters.inbound.worker.relay import Relay
from conectar.adapters.outbound.redis.connection import patient
from conectar.adapters.outbound.redis.queue import PatientJobs
from tests.servers.redis import redis_url

pytestmark = pytest.mark.anyio


class Endless:
    """A core with always one more full batch."""

    def __init__(self) -> None:
        self.claimed = 0

    async def execute(self, message: Any) -> Any:
        self.claimed += 1
        return (None,) * message.limit


async def test_no_batch_is_begun_after_it_was_told_to_stop() -> None:
    core, stop = Endless(), asyncio.Event()

    async def carry(_: Any) -> int:
        if core.claimed == 3:
            stop.set()
        return 0

    relay = Relay(core, carry, limit=2)  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        await relay.drain(stop)
    assert core.claimed == 3


async def always() -> bool:
    return True


async def test_who_is_told_to_stop_before_he_begins_takes_no_job() -> None:
    jobs, stop = PatientJobs(patient(redis_url())), asyncio.Event()
    stop.set()
    runner = JobRunner(Endless(), jobs, InStep(always), 1)  # type: ignore[arg-type]
    since = monotonic()
    async with asyncio.timeout(30):
        await runner.run(stop, 10)
    await jobs.redis.aclose()
    assert monotonic() - since < 5


async def test_work_is_left_out_while_the_clocks_differ() -> None:
    answers, done = iter([True, False, False, True]), []

    async def probe() -> bool:
        return next(answers)

    async def work() -> None:
        done.append(len(done))

    timely = InStep(probe).only(work)
    for expected in (1, 1, 1, 2):
        await timely()
        assert len(done) == expected, "it looks each time, however soon"
