"""What the peers do after a commit, measured as `relay.py` measures ours: on their database, with
the same professionals, each event of a job of its own. Each run counts the points afterwards."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

from redis import Redis
from sqlalchemy import Executable, create_engine, func, insert, make_url, select
from tests.town import Program

from bench.peers import async_worker, seed_worker
from bench.peers import models as m
from bench.production.pace import at_pace
from bench.production.places import residents
from bench.production.servers import Ground, peer_environment

WARM = 100
"""Events that do not count: connections are opened, statements prepared."""
SETTLE_S = 60
Payload = dict[str, str]


class Listener(Program):
    """A peer's worker."""

    called = (sys.executable, "-m")


class Peers:
    """Both, and what they have done."""

    def __init__(self, on: Ground, people: int) -> None:
        self._on = on
        self._found = [user.id for user, _ in residents(people)]
        self._next = count()
        there = make_url(on.peers).set(drivername="postgresql+psycopg")
        self._engine = create_engine(there)

    def enqueued(self, many: int) -> float:
        """Events a second that the async peer claims and puts into its queue."""
        self._begin(many, waiting=True)

        async def drained() -> float:
            async with async_worker.place(self._on.peers, self._on.redis.url) as at:
                warm, started = await async_worker.relay(at), time.perf_counter()
                while await async_worker.relay(at):
                    pass
                seconds = time.perf_counter() - started
                if (found := await at.queue.count("queued")) != many:
                    raise RuntimeError(f"{many} events became {found} jobs")
                return (many - warm) / seconds

        return asyncio.run(drained())

    def published(self, many: int) -> float:
        """Events a second that the seed's way tells; there is nothing to claim."""
        events = self._begin(many, waiting=False)
        with Redis.from_url(self._on.redis.url) as redis:
            started = time.perf_counter()
            for payload in events.values():
                seed_worker.publish(redis, payload)
            return many / (time.perf_counter() - started)

    def finished_by_async(self, many: int) -> float:
        """Points a second that one worker gives, with all events waiting in the outbox."""
        before = self._points()
        events = self._begin(many, waiting=True)
        with self._listening("async_worker"):
            return _rate(self._granted(events, before))

    def finished_by_seed(self, many: int) -> float:
        """Points a second that one listener gives, who was told of all events at once."""
        before = self._points()
        events = self._begin(many, waiting=False)
        with self._listening("seed_worker"), Redis.from_url(self._on.redis.url) as redis:
            for payload in events.values():
                seed_worker.publish(redis, payload)
            return _rate(self._granted(events, before))

    def waited_for_async(self, rate: int, seconds: int) -> list[float]:
        """Milliseconds of each event, told so many a second."""
        before = self._points()
        events = self._begin(rate * seconds, waiting=False)

        async def told() -> dict[str, datetime]:
            async with async_worker.place(self._on.peers, self._on.redis.url) as at:
                return await at_pace(events, rate, lambda one: async_worker.tell(at, one))

        with self._listening("async_worker"):
            began = asyncio.run(told())
            return _waits(began, self._granted(events, before))

    def waited_for_seed(self, rate: int, seconds: int) -> list[float]:
        """The same; nothing is committed with the event."""
        before = self._points()
        events = self._begin(rate * seconds, waiting=False)
        with self._listening("seed_worker"), Redis.from_url(self._on.redis.url) as redis:

            async def tell(payload: Payload) -> None:
                seed_worker.publish(redis, payload)

            began = asyncio.run(at_pace(events, rate, tell))
            return _waits(began, self._granted(events, before))

    def _begin(self, many: int, *, waiting: bool) -> dict[str, Payload]:
        """Nothing is left of before; so many new events, by job, in the outbox if they wait."""
        with Redis.from_url(self._on.redis.url) as redis:
            redis.flushall()
        found = (self._found[next(self._next) % len(self._found)] for _ in range(many))
        made = ({"job_id": str(uuid4()), "professional_id": str(id)} for id in found)
        events = {one["job_id"]: one for one in made}
        with self._engine.begin() as connection:
            for table in (m.Event, m.Grant):
                connection.execute(table.__table__.delete())  # type: ignore[attr-defined]
            if waiting:
                rows = [
                    {"id": uuid4(), "name": async_worker.RELEASED, "payload": one}
                    for one in events.values()
                ]
                connection.execute(insert(m.Event), [row | {"created_at": m.now()} for row in rows])
        self._on.vacuum(self._on.peers)
        return events

    @contextmanager
    def _listening(self, program: str) -> Iterator[None]:
        log = self._on.folder / f"{program}.log"
        log.unlink(missing_ok=True)
        worker = Listener([f"bench.peers.{program}"], peer_environment(self._on), log)
        worker.start()
        try:
            worker.says("working")
            yield
        finally:
            worker.end()

    def _asked(self, query: Executable) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(query))

    def _points(self) -> int:
        """Of everybody together."""
        ((total,),) = self._asked(select(func.sum(m.Professional.points)))
        return int(total)

    def _granted(self, events: dict[str, Payload], before: int) -> dict[str, datetime]:
        """When the points of each job were given, by job. Raises unless all were, and once."""
        until = time.monotonic() + SETTLE_S
        while self._asked(select(func.count()).select_from(m.Grant))[0][0] < len(events):
            if time.monotonic() > until:
                raise RuntimeError("not every event came to its points")
            time.sleep(0.1)
        given = dict(map(tuple, self._asked(select(m.Grant.source_ref, m.Grant.at))))
        granted = {ref.removeprefix("job:"): at for ref, at in given.items()}
        if granted.keys() != events.keys():
            raise RuntimeError("points were given for something else")
        if self._points() - before != async_worker.POINTS * len(events):
            raise RuntimeError("points given are not those that professionals have")
        return granted


def _rate(granted: dict[str, datetime]) -> float:
    moments = sorted(granted.values())[WARM:]
    return (len(moments) - 1) / (moments[-1] - moments[0]).total_seconds()


def _waits(began: dict[str, datetime], granted: dict[str, datetime]) -> list[float]:
    return [(granted[job] - at).total_seconds() * 1000 for job, at in began.items()]
