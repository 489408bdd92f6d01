"""Whether a database can be used by this version, and what is in the way, in a person's words."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from conectar.adapters.outbound.sql.connection import LOOKING, Database
from conectar.adapters.outbound.sql.engine import PLANS, SESSION
from conectar.adapters.outbound.sql.errors import LOCKED
from conectar.application.ports.system import Clock

EXTENSIONS = ("postgis", "btree_gist")
SKEW_MAX = timedelta(seconds=2)
"""How far our clock may be from the database's."""
NO_TIME = timedelta(0)
NOW = text("SELECT clock_timestamp()")
REFUSED = {"28000": "refuses the role", "28P01": "refuses the password", "3D000": "is not there"}


class Unfit(Exception):
    """The database can't be used as it is; the message is one line."""


def cause(error: DBAPIError) -> str:
    """Why a database did not do it, in one line."""
    if getattr(error.orig, "sqlstate", None) == LOCKED:
        return "somebody else holds what has to change, perhaps another `conectar migrate`"
    return str(error.orig).splitlines()[0]


async def answers(database: Database) -> bool:
    """Whether somebody is there; raises what came of asking."""
    async with database.connected(LOOKING) as connection:
        await connection.cell(text("SELECT 1"))
    return True


async def in_step(database: Database, clock: Clock) -> bool:
    """Whether our clock is PostgreSQL's, as nearly as it must be."""
    return abs(await _clock_ahead(database, clock)) <= SKEW_MAX


async def _clock_ahead(database: Database, clock: Clock) -> timedelta:
    """How far our clock is before PostgreSQL's, half of the way there and back taken off."""
    async with database.connected(LOOKING) as connection:
        await connection.cell(text("SELECT 1"))  # whoever has to connect does it now
        before = clock.now()
        theirs: datetime = await connection.cell(NOW)
        return _ahead(before, theirs, clock.now())


def _ahead(before: datetime, theirs: datetime, after: datetime) -> timedelta:
    return before + (after - before) / 2 - theirs


async def expect_answer(engine: AsyncEngine) -> None:
    """Raises Unfit if nobody is there, or does not let us in."""
    where = engine.url.set(query={}).render_as_string(hide_password=True)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as error:
        state = getattr(error, "sqlstate", None)
        told = REFUSED.get(state or "", f"does not answer ({type(error).__name__})")
        raise Unfit(f"the database {where} {told}") from error


async def expect_extensions(engine: AsyncEngine) -> None:
    """Makes those that are missing, where the role may; raises Unfit where it may not."""
    for name in await missing_extensions(engine):
        try:
            async with engine.begin() as connection:
                await connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
        except DBAPIError as error:
            raise Unfit(_lacks(name)) from error


async def expect_fit(engine: AsyncEngine, clock: Clock) -> None:
    """Raises Unfit for a database that does not answer, lacks an extension, lets a session wait
    without an end or plan as it likes, or has another time than we. Where its tables stand is told
    by `migrations.revisions`."""
    await expect_answer(engine)
    for name in await missing_extensions(engine):
        raise Unfit(_lacks(name))
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            await _expect_settings(connection)
            await _expect_our_time(connection, clock)


async def missing_extensions(engine: AsyncEngine) -> list[str]:
    """Those that PostgreSQL should have."""
    if engine.dialect.name != "postgresql":
        return []
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT extname FROM pg_extension"))
        there = set(found.scalars())
    return [name for name in EXTENSIONS if name not in there]


def _lacks(extension: str) -> str:
    return f"the database lacks {extension}: its superuser says CREATE EXTENSION {extension}"


async def _expect_settings(connection: AsyncConnection) -> None:
    for name, value in SESSION.items():
        found = (await connection.execute(text(f"SHOW {name}"))).scalar_one()
        if found == "0" or (name in PLANS and found != value):
            raise Unfit(
                f"sessions of the database need {name} = {value}: run `conectar migrate`,"
                " and let PgBouncer RECONNECT"
            )


async def _expect_our_time(connection: AsyncConnection, clock: Clock) -> None:
    before = clock.now()
    theirs = (await connection.execute(NOW)).scalar_one()
    ahead = _ahead(before, theirs, clock.now())
    if abs(ahead) > SKEW_MAX:
        told = f"{abs(ahead).total_seconds():.1f} s {'ahead of' if ahead > NO_TIME else 'behind'}"
        raise Unfit(f"the clock of this machine is {told} the database's: set both by NTP")
