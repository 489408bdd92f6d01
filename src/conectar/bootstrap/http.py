"""The server: HTTP, the sandbox beside it, and the background work, in one program."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import uvicorn
from dishka import AsyncContainer, Provider, Scope, provide
from litestar import asgi

from conectar.adapters.inbound.http.addresses import Addresses
from conectar.adapters.inbound.http.app import create_app
from conectar.adapters.inbound.http.controllers.professionals import HOT
from conectar.adapters.inbound.http.controllers.root import Duty, Health
from conectar.adapters.inbound.http.copies import Copies, HotReads
from conectar.adapters.inbound.http.envelope import Envelope
from conectar.adapters.inbound.http.feed import Feed
from conectar.adapters.inbound.http.limits import AccountLimit
from conectar.adapters.inbound.http.notices import NoticeGate
from conectar.adapters.inbound.http.openapi import document
from conectar.adapters.inbound.http.scraping import Figures, ScrapeGate
from conectar.adapters.inbound.worker.background import Background
from conectar.adapters.inbound.worker.loops import keep_doing
from conectar.adapters.outbound.mercadopago.gateway import MercadoPagoGateway
from conectar.adapters.outbound.mercadopago.signature import WebhookSignature
from conectar.adapters.outbound.sql.connection import Database
from conectar.adapters.outbound.sql.fitness import answers, in_step
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.adapters.outbound.system.waker import InProcessWaker
from conectar.adapters.outbound.telemetry.counted import CountedTelemetry
from conectar.application.core import Core
from conectar.application.ports.metrics import Metrics
from conectar.application.ports.probes import Between, Probe, Probes
from conectar.application.ports.system import Clock, Limiter, Telemetry
from conectar.bootstrap.place import SANDBOX_PATH, Place, find_place
from conectar.bootstrap.profiles import make_container
from conectar.bootstrap.settings import BadSetting, Settings
from conectar.bootstrap.start import make_background, migrate, prepare, working
from conectar.sandbox import SandboxSettings, World
from conectar.sandbox import create_app as create_sandbox

DRAIN_S = 10
KEEP_ALIVE_S = 75
"""An idle connection lives longer here than a balancer or a client's pool keeps it (a minute,
mostly): they close it first, and never ask over one that is being closed."""
LOOK_S = 0.8
"""How long the live feed rests when nobody rings."""
LOOKS_APART_S = 0.1
"""How long it rests in any case."""


class HttpProvider(Provider):
    """What only the HTTP interface needs."""

    scope = Scope.APP
    health = provide(Health)
    copies = provide(Copies)
    figures = provide(Figures)
    feed = provide(Feed)

    def __init__(self, duty: Duty | None = None) -> None:
        super().__init__()
        self._duty = duty or Duty()

    @provide
    def duty(self) -> Duty:
        """Whether this program is on duty."""
        return self._duty

    @provide
    def gate(self, signature: WebhookSignature) -> NoticeGate:
        """Who may announce payments."""
        return signature

    @provide
    def metrics(self) -> Metrics:
        """For Prometheus; of all processes if several serve."""
        from conectar.adapters.outbound.telemetry.metrics import PrometheusMetrics

        return PrometheusMetrics()

    @provide
    def scrape_gate(self, settings: Settings) -> ScrapeGate:
        """Who may look at the figures."""
        return ScrapeGate(settings.trusted_proxies, settings.metrics_token)

    @provide
    def addresses(self, settings: Settings) -> Addresses:
        """Who asks."""
        return Addresses(settings.trusted_proxies)

    @provide
    def account_limit(self, limiter: Limiter, settings: Settings) -> AccountLimit:
        """Tries to sign in, by account."""
        return AccountLimit(limiter, settings.rate_limit_login)

    @provide
    def probes(
        self,
        database: Database,
        clock: Clock,
        gateway: MercadoPagoGateway,
        between: Between,
        settings: Settings,
    ) -> Probes:
        """What to ask for the health page."""

        async def usable() -> bool:
            if settings.profile == "production":
                return await in_step(database, clock)
            return await answers(database)

        checks: dict[str, Probe | None] = {
            "database": usable,
            "redis": None,
            "firebase": None,
            "mercadopago": gateway.health,
            "queue": None,
        }
        return Probes({**checks, **between.checks}, frozenset({"database"}))


def make_world(place: Place, clock: SystemClock, background: Background | None) -> World:
    """The sandbox on our clock. Moving it moves Conectar, and runs what fell due."""

    async def advance(delta: timedelta) -> None:
        clock.advance(delta)
        if background is not None:
            await background.run_due()

    settings = SandboxSettings(
        access_token=place.access_token,
        collector_id=int(place.collector_id),
        webhook_secret=place.webhook_secrets[0],
        public_url=place.sandbox_url,
        state_file=place.sandbox_file,
    )
    world = World(settings, now=clock.now, advance=advance)
    clock.advance(max(world.clock_offset - clock.offset, timedelta(0)))
    return world


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises BadSetting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only for sockets that say they are TCP
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        raise BadSetting(f"{host}:{port} can't be served: {error.strerror}") from error
    return bound


def address(bound: socket.socket) -> str:
    """`http://127.0.0.1:8000` of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def openapi(settings: Settings) -> dict[str, Any]:
    """The OpenAPI document, without serving anything."""
    container = make_container(settings, find_place(settings, "http://127.0.0.1"), HttpProvider())
    try:
        return document(create_app(await container.get(Core), container))
    finally:
        await container.close()


@asynccontextmanager
async def serving(app: Any, bound: socket.socket) -> AsyncIterator[uvicorn.Server]:
    """An ASGI application served in this program's own loop, until the block ends."""
    config = uvicorn.Config(
        app,
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=DRAIN_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        server_header=False,
        proxy_headers=False,  # whom to believe is a setting of ours
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started and not task.done():  # noqa: ASYNC110  (uvicorn has no event)
        await asyncio.sleep(0.005)
    try:
        yield server
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task


async def enveloped(
    core: Core,
    container: AsyncContainer,
    settings: Settings,
    place: Place,
    *mounts: Any,
    left_alone: tuple[str, ...] = (),
) -> Envelope:
    """The application with everything around it; of what is mounted, paths that begin like this are
    left alone."""
    app = create_app(core, container, cors_origins=settings.cors_origins, mounts=mounts)
    return Envelope(
        HotReads(app, await container.get(Copies), HOT),
        await container.get(Limiter),
        CountedTelemetry(await container.get(Telemetry), await container.get(Metrics)),
        limit=settings.rate_limit,
        login_limit=settings.rate_limit_login,
        addresses=await container.get(Addresses),
        left_alone=left_alone,
        https=place.public_url.startswith("https:"),
    )


@asynccontextmanager
async def feeding(container: AsyncContainer) -> AsyncIterator[Feed]:
    """The live feed, until the block ends; then nobody follows any more."""
    feed = await container.get(Feed)
    alarm = (await container.get(InProcessWaker)).alarm()

    async def rest() -> None:
        await asyncio.sleep(LOOKS_APART_S)
        await alarm.wait(LOOK_S)

    stop = asyncio.Event()
    task = asyncio.create_task(keep_doing(feed.look, rest, stop))
    try:
        yield feed
    finally:
        feed.end()
        stop.set()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def embedded(settings: Settings, bound: socket.socket) -> AsyncIterator[AsyncContainer]:
    """Everything in one program behind one socket: the API, the sandbox, the background work."""
    place = find_place(settings, address(bound))
    await migrate(place)
    async with AsyncExitStack() as stack:
        container = make_container(settings, place, HttpProvider())
        stack.push_async_callback(container.close)
        core = await prepare(container, settings)
        background = await make_background(container, settings)
        world = make_world(place, await container.get(SystemClock), background)
        await stack.enter_async_context(world.running())
        sandbox = asgi(SANDBOX_PATH, is_mount=True, copy_scope=True)(create_sandbox(world))
        told = (core, container, settings, place, sandbox)
        envelope = await enveloped(*told, left_alone=(SANDBOX_PATH,))
        await stack.enter_async_context(serving(envelope, bound))
        await stack.enter_async_context(feeding(container))
        await stack.enter_async_context(working(background))
        yield container
