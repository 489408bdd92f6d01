"""Whether a database can be used by this version, and what is in the way, in a person's words."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from conectar.adapters.outbound.sql import migrations
from conectar.adapters.outbound.sql.engine import LIMITS

EXTENSIONS = ("postgis", "btree_gist")
REFUSED = {"28000": "refuses the role", "28P01": "refuses the password", "3D000": "is not there"}


class Unfit(Exception):
    """The database can't be used as it is; the message is one line."""


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


async def expect_fit(engine: AsyncEngine) -> None:
    """Raises Unfit for a database that does not answer, lacks an extension, is at another
    revision than the code, or lets a session wait without an end."""
    await expect_answer(engine)
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            await _expect_extensions(connection)
            await _expect_limits(connection)
    found = await migrations.revisions(engine)
    if found.ahead:
        raise Unfit("the database is newer than this version of Conectar")
    if found.current != found.head:
        at = found.current or "empty"
        raise Unfit(f"the database is at {at}, {found.head} is needed: run `conectar migrate`")


async def _expect_extensions(connection: AsyncConnection) -> None:
    there = set((await connection.execute(text("SELECT extname FROM pg_extension"))).scalars())
    if missing := [name for name in EXTENSIONS if name not in there]:
        said = "; ".join(f"CREATE EXTENSION {name}" for name in missing)
        raise Unfit(f"the database lacks {' and '.join(missing)}: its superuser says {said}")


async def _expect_limits(connection: AsyncConnection) -> None:
    for name in LIMITS:
        if (await connection.execute(text(f"SHOW {name}"))).scalar_one() == "0":
            raise Unfit(f"sessions of the database have no {name}: run `conectar migrate`")
