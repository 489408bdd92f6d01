"""Runs the migrations on the engine that `conectar.adapters.outbound.sql.migrations` hands over."""

import asyncio
from typing import Any

from advanced_alchemy.types import GUID
from alembic import context
from sqlalchemy import JSON, Connection, text

from conectar.adapters.outbound.sql.migrations import ONE_AT_A_TIME
from conectar.adapters.outbound.sql.tables import METADATA
from conectar.adapters.vocabulary.tables import POSTGRESQL_ONLY, SQLITE_ONLY

config = context.config


def render(kind: str, item: Any, _context: Any) -> str | bool:
    """A migration names its JSON type once, at its head."""
    return "JSON" if kind == "type" and isinstance(item, JSON) else False


def differs(_context: Any, _seen: Any, _column: Any, found: Any, wanted: Any) -> bool | None:
    """SQLite reports the BINARY of a GUID as a number; no other answer than "the same"."""
    return False if isinstance(wanted, GUID) else None


def ours(_object: Any, name: str | None, *_: Any) -> bool:
    """What only one of the databases has is no drift."""
    on_postgresql = context.get_context().dialect.name == "postgresql"
    return name not in (POSTGRESQL_ONLY | SQLITE_ONLY if on_postgresql else POSTGRESQL_ONLY)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        version_table=config.version_table_name,
        render_as_batch=True,
        compare_type=differs,
        user_module_prefix="",
        render_item=render,
        include_object=ours,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text(ONE_AT_A_TIME))
        context.run_migrations()


async def run_online() -> None:
    async with config.engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await config.engine.dispose()


asyncio.run(run_online())
