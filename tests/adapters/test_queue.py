"""Whether the queue takes more: while it answers, and its workers keep up."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from conectar.adapters.outbound.redis.connection import patient
from conectar.adapters.outbound.redis.queue import CROWD, PatientJobs, SaqQueue
from conectar.application.ports.queue import DELIVER
from tests.servers.redis import Redis

pytestmark = pytest.mark.anyio


@pytest.fixture
def server() -> Redis:
    """One that may be ended."""
    return Redis()


@pytest.fixture
async def jobs(server: Redis) -> AsyncIterator[PatientJobs]:
    """saq's queue, empty."""
    made = PatientJobs(patient(server.url))
    yield made
    await made.redis.aclose()
    server.end()


async def test_a_crowded_queue_is_given_nothing_more(jobs: PatientJobs) -> None:
    queue = SaqQueue(jobs)
    for _ in range(CROWD - 1):
        await jobs.enqueue(DELIVER, key=str(uuid4()))
    assert await queue.has_room()
    await jobs.enqueue(DELIVER, key=str(uuid4()))
    assert not await queue.has_room()
    assert await jobs.dequeue(timeout=1)
    assert await queue.has_room()


async def test_a_queue_that_does_not_answer_has_no_room(jobs: PatientJobs, server: Redis) -> None:
    queue = SaqQueue(jobs)
    assert await queue.has_room()
    server.crash()
    assert not await queue.has_room()
