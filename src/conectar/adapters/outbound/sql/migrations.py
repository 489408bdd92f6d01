"""Migrations: one Alembic history for every dialect, shipped with the package.

In an installed package the history lies in `conectar/_migrations`; in a checkout it is the
top-level `alembic/` folder.
"""

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from advanced_alchemy.alembic.commands import AlembicCommands
from advanced_alchemy.config import AlembicAsyncConfig, SQLAlchemyAsyncConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.outbound.sql.errors import translated
from conectar.adapters.outbound.sql.tables import METADATA

VERSION_TABLE = "alembic_version"
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('conectar migrations'))"
"""Two programs that start at once migrate one after the other, and then say what a role may do."""


def history() -> Path:
    """Where the migrations lie."""
    shipped = Path(str(files("conectar"))) / "_migrations"
    return shipped if shipped.is_dir() else Path(__file__).parents[5] / "alembic"


class Revisions(NamedTuple):
    """Where a database is (None: empty), where the code expects it, and whether the database is
    at a revision the code has never heard of."""

    current: str | None
    head: str | None
    ahead: bool


def commands(engine: AsyncEngine) -> AlembicCommands:
    """Alembic on an engine of ours. Blocking: run it in a thread."""
    config = SQLAlchemyAsyncConfig(
        engine_instance=engine,
        metadata=METADATA,
        alembic_config=AlembicAsyncConfig(
            script_location=str(history()),
            version_table_name=VERSION_TABLE,
            render_as_batch=True,
        ),
    )
    return AlembicCommands(sqlalchemy_config=config)


async def revisions(engine: AsyncEngine) -> Revisions:
    """What the database has and what the code wants."""
    with translated():
        async with engine.connect() as connection:
            current = await connection.run_sync(_current)
    script = ScriptDirectory(str(history()))
    known = {revision.revision for revision in script.walk_revisions()}
    return Revisions(current, script.get_current_head(), current not in {None, *known})


def _current(connection: Connection) -> str | None:
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()
