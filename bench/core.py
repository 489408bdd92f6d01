"""What does the door cost, and how many use cases a second pass through it?"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests import actors
from tests.backends import House, house

from bench.measure import in_turns, line
from conectar.adapters.codec import JsonCodec
from conectar.adapters.outbound.memory.store import MemoryStore
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.adapters.outbound.system.ids import UuidIds
from conectar.adapters.outbound.telemetry.logs import (
    LogTelemetry,
    NullTelemetry,
    configure_logging,
)
from conectar.application.core import Core
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.message import Command, Page
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.once import Once
from conectar.application.queries.jobs import ListJobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing(Command[int]):
    """Asks nothing."""

    number: int


async def handle(command: Nothing, uow: Any) -> int:
    """Does nothing."""
    return command.number


class IdleOutbox:
    """Waits for nobody."""

    awaited = False


class IdleUnit:
    """A unit of work that does nothing."""

    outbox = IdleOutbox()

    async def commit(self) -> None:
        """Nothing."""


class IdleStore:
    """A store of such units."""

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[IdleUnit]:
        """One."""
        yield IdleUnit()


class IdleWaker:
    """Wakes nobody."""

    def wake(self) -> None:
        """Nothing."""


def core_of(store: Any, telemetry: Any) -> Core:
    """A core whose only message is Nothing."""
    return Core(
        store=store,
        handlers={Nothing: handle},
        reactions={},
        codec=JsonCodec("a secret of the bench"),
        clock=SystemClock(),
        telemetry=telemetry,
        waker=IdleWaker(),
        ids=UuidIds(),
    )


async def overhead() -> None:
    """The door against the bare handler."""
    bare = core_of(IdleStore(), NullTelemetry())
    full = core_of(MemoryStore(UuidIds()), LogTelemetry())
    message, keys = Nothing(number=1), count()

    async def all_on() -> object:
        return await full.execute_once(message, Once(f"key-{next(keys):012}"))

    seconds = await in_turns(
        {
            "handler": lambda: handle(message, None),
            "core": lambda: bare.execute(message),
            "all on": all_on,
        },
        times=3000,
    )
    base = seconds["handler"]
    print(
        line("the door, nothing on, over the bare handler", (seconds["core"] - base) * 1e6, "us", 5)
    )
    print(line("key, memory unit and log line on", (seconds["all on"] - base) * 1e6, "us", 60))


async def use_cases(backend: str, folder: Path) -> None:
    """Whole use cases a second, one after another."""
    async with house(backend, folder) as home:
        ana, beto = await actors.client(home), await actors.professional(home)
        jobs = [await _finished(home, ana, beto) for _ in range(40)]
        offers = [await actors.offer(home, ana, beto) for _ in range(200)]
        waiting, done = iter(offers), iter(jobs)
        page = ListJobs(status=None, page=Page(), actor=ana)
        works = {
            "create an offer": (lambda: actors.offer(home, ana, beto), 30, 5),
            "accept an offer": (
                lambda: home.core.execute(
                    AcceptOffer(offer_id=next(waiting).id, version=None, actor=beto)
                ),
                30,
                5,
            ),
            "approve a job": (
                lambda: home.core.execute(ApproveJob(job_id=next(done), actor=ana)),
                8,
                5,
            ),
            "list 20 jobs": (lambda: home.core.execute(page), 30, 5),
        }
        for name, (work, times, rounds) in works.items():
            seconds = await in_turns({name: work}, times, rounds)
            print(line(f"{backend}: {name}", 1 / seconds[name], "/s"))


async def _finished(home: House, ana: Any, beto: Any) -> Any:
    job, _ = await actors.finished_job(home, ana, beto)
    return job.id


async def main() -> None:
    """Everything."""
    configure_logging("json", "info")
    logging.getLogger().handlers[0].stream = open("/dev/null", "w")  # noqa: ASYNC230, SIM115
    await overhead()
    for backend in ("memory", "sqlite"):
        with TemporaryDirectory() as folder:
            await use_cases(backend, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
