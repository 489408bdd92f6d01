"""A ready house on any storage, built by the production providers, with fakes outside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dishka import AsyncContainer

from conectar.adapters.inbound.worker.background import Background
from conectar.adapters.outbound.memory.outside import FakeGateway, FakeMailer
from conectar.adapters.outbound.sql.connection import Database
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.application.core import Core
from conectar.application.ports.outside import Mailer
from conectar.application.ports.unit_of_work import Store
from conectar.bootstrap.place import find_place
from conectar.bootstrap.profiles import EVERYWHERE, make_container
from conectar.bootstrap.providers.in_process import InProcessProvider
from conectar.bootstrap.providers.outside import FakeOutsideProvider
from conectar.bootstrap.providers.storage import MemoryStorageProvider, SqlStorageProvider
from conectar.bootstrap.settings import Settings
from conectar.bootstrap.start import make_background, migrate, prepare
from conectar.domain.kernel.actor import Actor
from tests.lock_order import Watch
from tests.servers.postgresql import databases

BACKENDS = ("memory", "sqlite", "postgresql")
everywhere = pytest.mark.parametrize("backend", BACKENDS)
"""For a use case whose point is who does something at the same time: on PostgreSQL, too."""
STORAGES = {
    "memory": MemoryStorageProvider,
    "sqlite": SqlStorageProvider,
    "postgresql": SqlStorageProvider,
}
ADMIN_EMAIL, ADMIN_PASSWORD = "admin@conectar.test", "un-secreto-9"


@dataclass(frozen=True, slots=True)
class House:
    """Everything a test reaches for. `background` does not run by itself: `run_due` does."""

    core: Core
    store: Store
    clock: SystemClock
    gateway: FakeGateway
    mailer: FakeMailer
    background: Background
    container: AsyncContainer
    admin: Actor


@asynccontextmanager
async def kept(backend: str, kind: str = "whole") -> AsyncIterator[dict[str, Any]]:
    """The settings that say where a house keeps things: on PostgreSQL a database of its own."""
    if backend != "postgresql":
        yield {}
        return
    url = await asyncio.to_thread(databases().new, kind)
    try:
        yield {"database_url": url, "migrations_url": databases().owners(url)}
    finally:
        await asyncio.to_thread(databases().drop, url)


@asynccontextmanager
async def house(backend: str, folder: Path, **settings: Any) -> AsyncIterator[House]:
    """A house on one of BACKENDS; what it keeps in files is in `folder`."""
    async with AsyncExitStack() as stack:
        where = await stack.enter_async_context(kept(backend))
        yield await stack.enter_async_context(_opened(backend, folder, **where, **settings))


@asynccontextmanager
async def _opened(backend: str, folder: Path, **settings: Any) -> AsyncIterator[House]:
    chosen = Settings(
        data_dir=folder, admin_email=ADMIN_EMAIL, admin_password=ADMIN_PASSWORD, **settings
    )
    place = find_place(chosen, "http://127.0.0.1:9")
    if backend == "sqlite":
        await migrate(place)
    parts = (*EVERYWHERE, InProcessProvider, STORAGES[backend], FakeOutsideProvider)
    container = make_container(chosen, place, parts=parts)
    try:
        watch = Watch()
        if backend != "memory":
            (await container.get(Database)).listeners.append(watch)
        core = await prepare(container, chosen)
        store = await container.get(Store)
        async with store.reading() as read:
            admin = await read.user_by_email(ADMIN_EMAIL)
        assert admin is not None
        mailer = await container.get(Mailer)
        assert isinstance(mailer, FakeMailer)
        yield House(
            core=core,
            store=store,
            clock=await container.get(SystemClock),
            gateway=await container.get(FakeGateway),
            mailer=mailer,
            background=await make_background(container, chosen),
            container=container,
            admin=admin.actor,
        )
        watch.expect_order()
    finally:
        await container.close()
