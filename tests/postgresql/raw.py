"""SQL said by hand, as the application's role or as the owner of the tables."""

import os
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from conectar.adapters.outbound.sql.engine import make_engine
from conectar.bootstrap.place import Place
from tests.backends import House
from tests.servers.postgresql import databases
from tests.servers.programs import postgresql


@asynccontextmanager
async def beside(home: House) -> AsyncIterator[AsyncEngine]:
    """A house's database, as the application's role."""
    place = await home.container.get(Place)
    engine = make_engine(place.database_url, pooled_outside=place.database_pooled)
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def owners(engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """The same database, as whom its tables belong to."""
    url = databases().owners(engine.url.render_as_string(hide_password=False))
    opened = create_async_engine(url, poolclass=NullPool)
    try:
        yield opened
    finally:
        await opened.dispose()


@asynccontextmanager
async def superusers(engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """The same database, as who may do anything."""
    url = databases().url(str(engine.url.database))
    opened = create_async_engine(url, poolclass=NullPool)
    try:
        yield opened
    finally:
        await opened.dispose()


async def refusal(engine: AsyncEngine, *statements: str, **values: Any) -> tuple[str, str | None]:
    """What one transaction of these ends with: PostgreSQL's state (empty: it was accepted), and
    the constraint."""
    try:
        async with engine.begin() as connection:
            await said(connection, statements, values)
    except DBAPIError as error:
        assert error.orig is not None
        cause = error.orig.__cause__
        return error.orig.sqlstate, getattr(cause, "constraint_name", None)  # type: ignore[attr-defined]
    return "", None


async def said(connection: AsyncConnection, statements: Sequence[str], values: Any) -> None:
    """Each in turn."""
    for statement in statements:
        names = {name: values[name] for name in values if f":{name}" in statement}
        await connection.execute(text(statement), names)


async def cells(engine: AsyncEngine, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query), values)]


def program(name: str, *told: str) -> None:
    """One of PostgreSQL's, as its superuser; this process does nothing meanwhile."""
    at = make_url(databases().url("postgres"))
    where = ("-h", str(at.host), "-p", str(at.port), "-U", str(at.username))
    command = [str(postgresql() / name), *where, *told]
    environment = os.environ | ({"PGPASSWORD": at.password} if at.password else {})
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
