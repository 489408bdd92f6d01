"""Starting: the schema, the catalogue of trades, the first administrator, the background."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from dishka import AsyncContainer
from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.inbound.worker.background import Background
from conectar.adapters.inbound.worker.schedule import Schedule
from conectar.adapters.outbound.sql import fitness, migrations, roles
from conectar.adapters.outbound.sql.engine import make_engine, migrating_engine
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.adapters.outbound.system.waker import InProcessWaker
from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.accounts.create_admin import CreateAdmin
from conectar.application.core import Core
from conectar.application.people.seed_trades import SeedTrades
from conectar.application.ports.system import Clock
from conectar.bootstrap.place import Place
from conectar.bootstrap.settings import BadSetting, Settings
from conectar.domain.people.user import EmailTaken

ALONE = "embedded"
"""Who keeps the schedule where there is one program."""


async def migrate(place: Place) -> None:
    """Brings the database to the revision of the code, as the owner of the tables, and lets the
    application's role do its work. Raises BadSetting for a database that can't be brought there."""
    engine = migrating_engine(place.migrations_url)
    try:
        await _bring_up(place, engine)
    except fitness.Unfit as error:
        raise BadSetting(str(error)) from error
    except DBAPIError as error:
        raise BadSetting(f"the database could not be migrated: {fitness.cause(error)}") from error
    finally:
        await engine.dispose()


async def _bring_up(place: Place, engine: AsyncEngine) -> None:
    await fitness.expect_answer(engine)
    await fitness.expect_extensions(engine)
    revisions = await migrations.revisions(engine)
    if revisions.ahead:
        raise BadSetting("the database is newer than this version of Conectar")
    if revisions.current != revisions.head:
        alembic = migrations.commands(migrating_engine(place.migrations_url))
        await asyncio.to_thread(alembic.upgrade)  # in a loop of its own
    owner, role = (make_url(url).username for url in (place.migrations_url, place.database_url))
    if owner != role:
        await roles.grant(engine, role or "")
    if place.database_pooled:
        pooled = make_engine(place.database_url, pooled_outside=True)
        await roles.settle(pooled)
        await pooled.dispose()


async def expect_migrated(place: Place) -> None:
    """Raises BadSetting, with one line, for a database that can't be used as it is."""
    engine = make_engine(place.database_url, pooled_outside=place.database_pooled)
    try:
        await fitness.expect_fit(engine, SystemClock())
        found = await migrations.revisions(engine)
    except fitness.Unfit as error:
        raise BadSetting(str(error)) from error
    except DatabaseError as error:
        raise BadSetting("the database is none of ours") from error
    finally:
        await engine.dispose()
    if found.ahead:
        raise BadSetting("the database is newer than this version of Conectar")
    if found.current != found.head:
        raise BadSetting(
            f"the database is at {found.current or 'nothing'}, this version needs {found.head}:"
            " run `conectar migrate`"
        )


async def prepare(container: AsyncContainer, settings: Settings) -> Core:
    """The core of a ready house."""
    core = await container.get(Core)
    await core.execute(SeedTrades(trades=TRADES))
    if settings.admin_email and settings.admin_password:
        admin = CreateAdmin(email=settings.admin_email, password=settings.admin_password)
        with suppress(EmailTaken):
            await core.execute(admin)
    return core


async def make_background(container: AsyncContainer, settings: Settings) -> Background:
    """The background work of one program, not running yet."""
    alarm = (await container.get(InProcessWaker)).alarm()
    core, clock = await container.get(Core), await container.get(Clock)
    every = settings.interval_sweep
    schedule = Schedule(core, clock, every, ALONE)
    return Background(core, schedule, alarm.wait, settings.interval_relay, every)


@asynccontextmanager
async def working(background: Background) -> AsyncIterator[None]:
    """Background work goes on while inside; what it holds when it stops is found again."""
    stop = asyncio.Event()
    task = asyncio.create_task(background.run(stop))
    try:
        yield
    finally:
        stop.set()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
