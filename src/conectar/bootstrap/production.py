"""The production profile: API processes that share a socket, and workers. Each is a program of its
own, and goes when it is told to, without letting anything fall.
"""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import uvicorn
import uvloop
from dishka import AsyncContainer
from saq.web.starlette import saq_web
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from conectar.adapters.inbound.http.addresses import Addresses
from conectar.adapters.inbound.http.controllers.root import Duty
from conectar.adapters.inbound.http.feed import Feed
from conectar.adapters.inbound.http.limits import AccountLimit
from conectar.adapters.inbound.http.queue_page import QueuePage
from conectar.adapters.inbound.worker.in_step import InStep
from conectar.adapters.inbound.worker.jobs import JobRunner
from conectar.adapters.inbound.worker.program import Pace, Sleep, WorkerProgram
from conectar.adapters.inbound.worker.schedule import Schedule
from conectar.adapters.outbound.redis.connection import FAILURES, Refused, answers, quick
from conectar.adapters.outbound.redis.queue import PatientJobs
from conectar.adapters.outbound.redis.waker import hear
from conectar.adapters.outbound.sql.connection import Database
from conectar.adapters.outbound.sql.fitness import in_step
from conectar.adapters.outbound.system.waker import InProcessWaker
from conectar.adapters.vocabulary.paths import QUEUE_PAGE
from conectar.application.core import Core
from conectar.application.ports.queue import Queue
from conectar.application.ports.system import Clock
from conectar.bootstrap.http import DRAIN_S, KEEP_ALIVE_S, HttpProvider, enveloped, feeding, listen
from conectar.bootstrap.logging import log_as_set
from conectar.bootstrap.one_write import OneWriteProtocol
from conectar.bootstrap.place import find_place
from conectar.bootstrap.profiles import make_container
from conectar.bootstrap.providers.system import PROCESSES
from conectar.bootstrap.settings import BadSetting, Settings, load
from conectar.bootstrap.start import expect_migrated, prepare

R = TypeVar("R")

HEALTHY_S = 20
"""So long a process may take to start, or not to answer its supervisor. One that dies while it is
asked is waited for so long, and meanwhile the supervisor hears no signal."""
COLLECT_AFTER = (20_000, 20, 20)
"""New objects, and collections of the young and of the older ones, until the next collection.
Measured in turns: of a thousand clients' lists under full load the slowest hundredth took 90 ms
with Python's own numbers, 14 with these."""
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
AT_ONCE = 8
"""Deliveries of money, and as many jobs, under way in one worker; fewer than its connections."""
FACTORY = "conectar.bootstrap.production:api_process"


async def make_ready(settings: Settings) -> None:
    """Looks before anything is started: raises BadSetting, with one line, for a database that
    can't be used and a Redis that does not let us in; tells of one that does not answer, which
    nothing needs."""
    place = find_place(settings, "http://127.0.0.1")
    await expect_migrated(place)
    redis = quick(settings.redis_url or "")
    try:
        await answers(redis)
    except Refused as error:
        raise BadSetting(str(error)) from error
    except FAILURES as error:
        told = type(error).__name__
        print(f"conectar: Redis does not answer ({told}); going on without it", file=sys.stderr)  # noqa: T201
    finally:
        await redis.aclose()
    container = make_container(settings, place)
    try:
        await prepare(container, settings)
    finally:
        await container.close()


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """API processes on one socket, until SIGTERM or SIGINT."""
    asyncio.run(make_ready(settings))
    bound = listen(host, port)
    config = uvicorn.Config(
        FACTORY,
        factory=True,
        workers=workers,
        log_config=None,
        access_log=False,
        lifespan="on",
        loop="uvloop",
        http=OneWriteProtocol,
        timeout_graceful_shutdown=DRAIN_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_worker_healthcheck=HEALTHY_S,
        server_header=False,
        proxy_headers=False,  # whom to believe is a setting of ours
    )
    print(f"Conectar: {settings.public_url}/docs", flush=True)  # noqa: T201
    os.environ[PROCESSES] = str(workers)
    if workers == 1:
        uvicorn.Server(config).run([bound])
        return
    with TemporaryDirectory(prefix="conectar-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder  # of all processes together
        supervisor = Multiprocess(config, [bound])
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise SystemExit(STARTUP_FAILURE)


def api_process() -> "ApiProcess":
    """What uvicorn makes in each process."""
    settings = load().settings
    log_as_set(settings)
    return ApiProcess(settings)


class ApiProcess:
    """An ASGI application that is made when the server starts, and is off duty for a moment before
    the server stops: whoever sends requests here has to learn of it first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: Any = None
        self._duty = Duty()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """A request, or the life of the program."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        phase = "startup"
        try:
            async with self._running():
                await send({"type": "lifespan.startup.complete"})
                phase = "shutdown"
                await receive()
        except Exception as error:
            await send({"type": f"lifespan.{phase}.failed", "message": type(error).__name__})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        place = find_place(self._settings, self._settings.public_url or "")
        container = make_container(self._settings, place, HttpProvider(self._duty))
        try:
            core = await container.get(Core)
            jobs = await container.get(PatientJobs)
            page = QueuePage(
                saq_web(QUEUE_PAGE, [jobs]),
                jobs.answers,
                core,
                await container.get(AccountLimit),
                await container.get(Addresses),
                https=place.public_url.startswith("https:"),
            )
            self._app = await enveloped(core, container, self._settings, place, page.mounted())
            async with feeding(container) as feed, ringing(container, self._settings):
                self._go_gently(asyncio.get_running_loop(), feed)
                settle()
                yield
        finally:
            await container.close()

    def _go_gently(self, loop: asyncio.AbstractEventLoop, feed: Feed) -> None:
        """Puts itself before the server's own way to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            server_stops: Any = signal.getsignal(number)

            def leave(number: int, frame: Any, then: Any = server_stops) -> None:
                if not self._duty.on:  # told twice: by the supervisor, or by somebody in a hurry
                    if number == signal.SIGINT:
                        then(number, frame)
                    return
                self._duty.on = False
                seconds = self._settings.interval_drain.total_seconds()
                loop.call_soon_threadsafe(feed.end)
                loop.call_soon_threadsafe(loop.call_later, seconds, then, number, frame)

            signal.signal(number, leave)


def settle() -> None:
    """What was made to start stays: the collector of garbage need not look at it again, which takes
    a tenth of a second each time. What is made later is hardly ever a circle, so it may look less
    often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def run(work: Coroutine[Any, Any, R]) -> R:
    """Runs a worker's work, on the loop that the API's processes have, too."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """One worker, until it is told to stop."""
    await make_ready(settings)
    container = make_container(settings, find_place(settings, settings.public_url or ""))
    try:
        async with ringing(container, settings):
            program = await make_worker(container, settings)
            settle()
            print("Conectar: worker", flush=True)  # noqa: T201
            await program.run(stop)
    finally:
        await container.close()


@asynccontextmanager
async def ringing(container: AsyncContainer, settings: Settings) -> AsyncIterator[None]:
    """Calls of other programs ring here, until the block ends."""
    redis = quick(settings.redis_url or "")
    local = await container.get(InProcessWaker)
    hearing = asyncio.create_task(hear(redis, local.wake))
    try:
        yield
    finally:
        hearing.cancel()
        with suppress(asyncio.CancelledError):
            await hearing
        await redis.aclose()


async def make_worker(container: AsyncContainer, settings: Settings) -> WorkerProgram:
    """A worker, not running yet."""
    core, clock = await container.get(Core), await container.get(Clock)
    local, database = await container.get(InProcessWaker), await container.get(Database)
    timely = InStep(partial(in_step, database, clock))
    holder = f"{socket.gethostname()}/{os.getpid()}"

    def alarm() -> Sleep:
        return local.alarm().wait

    return WorkerProgram(
        core,
        await container.get(Queue),
        JobRunner(core, await container.get(PatientJobs), timely, AT_ONCE),
        Schedule(core, clock, settings.interval_sweep, holder),
        timely,
        alarm,
        Pace(
            idle=settings.interval_relay,
            sweep=settings.interval_sweep,
            at_once=AT_ONCE,
            drain_s=DRAIN_S,
        ),
    )
