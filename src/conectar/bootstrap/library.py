"""Conectar inside another program: `async with open_core("memory") as core`."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Literal, TypeVar

import structlog
from litestar import Litestar, asgi

from conectar.adapters.outbound.system.clock import SystemClock
from conectar.adapters.outbound.telemetry.logs import log_through_logging
from conectar.application.core import Core
from conectar.application.message import Message
from conectar.bootstrap.http import address, listen, make_world, serving
from conectar.bootstrap.place import SANDBOX_PATH, find_place
from conectar.bootstrap.profiles import make_container
from conectar.bootstrap.settings import Settings, load
from conectar.bootstrap.start import (
    expect_migrated,
    make_background,
    migrate,
    prepare,
    working,
)
from conectar.sandbox import create_app as create_sandbox

R = TypeVar("R")

NOWHERE = "http://127.0.0.1:9"
"""The public address of a program that serves nobody: notices to it are lost, polling finds out."""


@asynccontextmanager
async def open_core(
    profile: Literal["memory", "embedded"] = "embedded", settings: Settings | None = None
) -> AsyncIterator[Core]:
    """The core of a ready house, with its background work, until the block ends.

    `memory` keeps everything in this program and has nobody outside. `embedded` keeps a SQLite file
    in the data folder and starts the sandbox on a free port, so that the money path runs through
    the real MercadoPago adapter; without a web server payments are learnt of by asking. Raises
    BadSetting.
    """
    if not structlog.is_configured():
        log_through_logging()
    chosen = replace(settings or load().settings, profile=profile)
    async with AsyncExitStack() as stack:
        if profile == "memory":
            container = make_container(chosen, find_place(chosen, NOWHERE))
            stack.push_async_callback(container.close)
        else:
            bound = listen("127.0.0.1", 0)
            place = find_place(chosen, NOWHERE, address(bound) + SANDBOX_PATH)
            await migrate(place)
            container = make_container(chosen, place)
            stack.push_async_callback(container.close)
            background = await make_background(container, chosen)
            world = make_world(place, await container.get(SystemClock), background)
            await stack.enter_async_context(world.running())
            mounted = asgi(SANDBOX_PATH, is_mount=True, copy_scope=True)(create_sandbox(world))
            app = Litestar([mounted], openapi_config=None, logging_config=None)
            await stack.enter_async_context(serving(app, bound))
        core = await prepare(container, chosen)
        background = await make_background(container, chosen)
        await stack.enter_async_context(working(background))
        yield core


async def execute_alone(settings: Settings, message: Message[R]) -> R:
    """One message on the installation's own storage, without a server, sandbox or background."""
    place = find_place(settings, NOWHERE)
    await (expect_migrated if settings.profile == "production" else migrate)(place)
    container = make_container(settings, place)
    try:
        return await (await container.get(Core)).execute(message)
    finally:
        await container.close()
