"""What happens after a commit: how many deliveries a second does the relay claim and put into the
queue, how many of money's reactions does one worker finish in a second, and how long does an event
wait for its reaction? And how do the peers stand beside it?

- **Into the queue**: `notify` of released money, due all at once, claimed in batches and given to
  saq in Redis; nobody takes the jobs.
- **Money's**: `award_points`, each of a job of its own that was really approved, of professionals
  who can be found, so that each grants points, rewrites the rows of search and tells of it under
  every trigger. The relay is made as a worker makes it, in a process that does nothing else.
- **From event to reaction**: money is told to be released (`EscrowReleased`, through a unit of
  work, and the waker is rung as the core does it) so many times a second, whatever became of those
  before. A real `conectar worker` gives the points and writes the notices; nobody wants mail. The
  time begins before the commit, which is then in it, and ends at the delivery's `settled_at`.
"""

import asyncio
import multiprocessing
import os
import statistics
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
from dishka import AsyncContainer
from redis import Redis
from sqlalchemy import Select, func, select
from tests.town import Program

from bench.measure import line
from bench.peers import filling as peers
from bench.production.approved import Approved
from bench.production.filling import filled
from bench.production.pace import at_pace
from bench.production.relay_peers import Peers
from bench.production.report import NAMES, Report, at_least, is_whole, named, options, turns
from bench.production.servers import Ground, ground, our_environment
from conectar.adapters.inbound.worker.program import DIRECT_LIMIT
from conectar.adapters.inbound.worker.relay import Queueing, Reacting, Relay
from conectar.adapters.outbound.redis.queue import PatientJobs
from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.engine import migrating_engine
from conectar.application.core import Core
from conectar.application.ports.queue import Queue
from conectar.application.ports.system import Waker
from conectar.application.ports.unit_of_work import Store
from conectar.application.reactions.registry import DIRECT, QUEUED
from conectar.bootstrap.logging import log_as_set
from conectar.bootstrap.place import find_place
from conectar.bootstrap.production import AT_ONCE, run
from conectar.bootstrap.profiles import make_container
from conectar.bootstrap.settings import load
from conectar.domain.jobs.events import EscrowReleased
from conectar.domain.levels.points import PointScale

QUEUED_A_SECOND, FINISHED_A_SECOND, WAIT_MS = 1000, 300, 50
AWARD, NOTIFY = "award_points", "notify"
WARM = 2
"""Batches before the clock starts: connections are open, statements prepared."""
SETTLE_S = 30


@asynccontextmanager
async def parts(environment: dict[str, str]) -> AsyncIterator[AsyncContainer]:
    """The production profile's."""
    settings = load(environment, Path(os.devnull)).settings
    container = make_container(settings, find_place(settings, settings.public_url or ""))
    try:
        yield container
    finally:
        await container.close()


async def asked(on: Ground, query: Select[Any]) -> list[Any]:
    """Rows, as the owner of the tables sees them."""
    engine = migrating_engine(on.owner(on.ours))
    try:
        async with engine.connect() as connection:
            return list(await connection.execute(query))
    finally:
        await engine.dispose()


# -- into the queue ----------------------------------------------------------------------------


async def enqueued(on: Ground, made: Approved, many: int) -> float:
    """Deliveries a second. Raises unless each became a job."""
    with Redis.from_url(on.redis.url) as redis:
        redis.flushall()
    await made.add(many, NOTIFY)
    async with parts(our_environment(on)) as container:
        queue, jobs = await container.get(Queue), await container.get(PatientJobs)
        relay = Relay(await container.get(Core), Queueing(queue), QUEUED)
        warm = sum([await relay.once() for _ in range(WARM)])
        started = perf_counter()
        await relay.drain(asyncio.Event())
        seconds = perf_counter() - started
        if (found := await jobs.count("queued")) != many:
            raise RuntimeError(f"{many} deliveries became {found} jobs")
    return (many - warm) / seconds


# -- money's -----------------------------------------------------------------------------------


async def drained(environment: dict[str, str]) -> tuple[int, float]:
    """All that is due: how many were warm-up, and the seconds of the rest."""
    async with parts(environment) as container:
        core = await container.get(Core)
        relay = Relay(core, Reacting(core, AT_ONCE), DIRECT, DIRECT_LIMIT)
        warm = sum([await relay.once() for _ in range(WARM)])
        started = perf_counter()
        await relay.drain(asyncio.Event())
        return warm, perf_counter() - started


def alone(environment: dict[str, str]) -> tuple[int, float]:
    """`drained` in a process of its own; its log goes into a file, as a worker's does."""
    log = Path(environment["CONECTAR_DATA_DIR"]) / "relay.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as sys.stderr:
        log_as_set(load(environment, Path(os.devnull)).settings)
        return run(drained(environment))


async def points(on: Ground) -> int:
    """Of everybody together."""
    ((total,),) = await asked(on, select(func.sum(t.PROFESSIONALS.table.c.points)))
    return int(total)


async def finished(on: Ground, made: Approved, many: int) -> float:
    """Reactions a second. Raises unless each job's points were granted, and once."""
    events, before = await made.add(many, AWARD), await points(on)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        warm, seconds = process.submit(alone, our_environment(on)).result()
    await expect_granted(on, events, before)
    return (many - warm) / seconds


async def expect_granted(on: Ground, events: list[EscrowReleased], before: int) -> None:
    """Raises unless every job's points were granted once, and came to their professionals."""
    c, each = t.POINT_GRANTS.table.c, PointScale().job
    wanted = sorted((f"job:{event.job_id}", event.professional_id, each) for event in events)
    refs = [ref for ref, _, _ in wanted]
    granted = select(c.source_ref, c.professional_id, c.points).where(c.source_ref.in_(refs))
    if sorted(map(tuple, await asked(on, granted))) != wanted:
        raise RuntimeError("not every job's points were granted once")
    if await points(on) - before != each * len(events):
        raise RuntimeError("points granted are not those that professionals have")


# -- from event to reaction --------------------------------------------------------------------


@contextmanager
def worker(on: Ground) -> Iterator[None]:
    """A real one."""
    environment = {**os.environ, **our_environment(on)}
    program = Program(["worker"], environment, on.folder / "worker.log")
    program.start()
    try:
        program.says("Conectar: worker")
        yield
    finally:
        program.end()


async def waited(on: Ground, made: Approved, rate: int, seconds: int) -> list[float]:
    """Milliseconds of each event. Raises unless every job's points were granted once."""
    events, before = await made.add(rate * seconds), await points(on)
    with worker(on):
        began = await told(on, events, rate)
        ended = await settled(on, len(events))
    await expect_granted(on, events, before)
    return [(ended[job] - at).total_seconds() * 1000 for job, at in began.items()]


async def told(on: Ground, events: list[EscrowReleased], rate: int) -> dict[str, datetime]:
    """Commits one after the other, so many a second; when each began to be committed, by job."""
    async with parts(our_environment(on)) as container:
        store, waker = await container.get(Store), await container.get(Waker)

        async def tell(event: EscrowReleased) -> None:
            async with store.unit() as uow:
                await uow.outbox.record(event)
                await uow.commit()
            waker.wake()

        return await at_pace({str(event.job_id): event for event in events}, rate, tell)


async def settled(on: Ground, many: int) -> dict[str, datetime]:
    """When each was, by job. Raises if that takes too long."""
    c = t.DELIVERIES.c
    awarded = (
        select(t.OUTBOX.c.payload, c.settled_at)
        .join(t.OUTBOX, t.OUTBOX.c.id == c.event_id)
        .where(c.reaction == AWARD, c.settled_at.is_not(None))
    )
    until = perf_counter() + SETTLE_S
    while len(rows := await asked(on, awarded)) < many:
        if perf_counter() > until:
            raise RuntimeError(f"{len(rows)} of {many} deliveries were settled")
        await asyncio.sleep(0.5)
    jobs = ((msgspec.json.decode(told, type=EscrowReleased).job_id, at) for told, at in rows)
    return {str(job): at for job, at in jobs}


def compare(on: Ground, chosen: Namespace, report: Report) -> None:
    """The three of them, each in turns with the peers."""
    made, others = Approved(on, chosen.people), Peers(on, chosen.people)
    asyncio.run(made.silence())
    queued = {
        "ours": lambda: asyncio.run(enqueued(on, made, chosen.deliveries)),
        "async": lambda: others.enqueued(chosen.deliveries),
        "seed": lambda: others.published(chosen.deliveries),
    }
    awarded = {
        "ours": lambda: asyncio.run(finished(on, made, chosen.reactions)),
        "async": lambda: others.finished_by_async(chosen.reactions),
        "seed": lambda: others.finished_by_seed(chosen.reactions),
    }
    for what, works, limit in (
        ("Deliveries claimed and put into the queue", queued, QUEUED_A_SECOND),
        ("Money's reactions, one worker", awarded, FINISHED_A_SECOND),
    ):
        rates = turns(works, chosen.rounds)
        report.say(at_least(what, rates["ours"], "/s", limit), *against(rates))
        report.show(what, "a second", named(rates), {"limit": limit})
    paced = chosen.rate, chosen.seconds
    waits = {
        "ours": asyncio.run(waited(on, made, *paced)),
        "async": others.waited_for_async(*paced),
        "seed": others.waited_for_seed(*paced),
    }
    tell_waits(f"From event to reaction at {chosen.rate} a second", waits, report)


def against(rates: Mapping[str, float]) -> Iterator[str]:
    """A line for each peer."""
    for name in ("async", "seed"):
        yield line(NAMES[name], rates[name], f"/s  ours {rates['ours'] / rates[name]:.2f} x")


def tell_waits(what: str, waits: Mapping[str, list[float]], report: Report) -> None:
    """The median of ours is judged; what the slowest wait is told of everybody."""
    cuts = {name: statistics.quantiles(found, n=100) for name, found in waits.items()}
    found = {name: {n: of[n - 1] for n in (50, 95, 99)} for name, of in cuts.items()}
    for name, of in found.items():
        limit = WAIT_MS if name == "ours" else None
        report.say(line(f"{what}, {NAMES[name]}, p50", of[50], "ms", limit))
        report.say(*(line(f"{NAMES[name]}, p{n}", of[n], "ms") for n in (95, 99)))
    bars = {f"{NAMES[name]}, p{n}": of[n] for n in (50, 95, 99) for name, of in found.items()}
    report.show(what, "ms", bars, {"limit of p50": WAIT_MS})


def main() -> None:
    """Everything."""
    chosen = options(__doc__ or "", people=20_000, seconds=20)
    chosen.add_argument("--deliveries", type=int, default=5000, help="of one turn")
    chosen.add_argument("--reactions", type=int, default=2000, help="of one turn")
    chosen.add_argument("--rate", type=int, default=50, help="events a second")
    given = chosen.parse_args()
    with ground() as on, Report("relay", is_whole(chosen, given)) as report:
        filled(on, given.people)
        peers.fill(on)
        compare(on, given, report)


if __name__ == "__main__":
    main()
