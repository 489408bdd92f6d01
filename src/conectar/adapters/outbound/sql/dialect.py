"""What SQLAlchemy spells differently for each database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_missing(
    connection: AsyncConnection, table: Table, values: Mapping[str, Any]
) -> None:
    """Inserts a row unless its primary key is there."""
    statement = _insert(connection)(table).values(dict(values))
    await connection.execute(statement.on_conflict_do_nothing(index_elements=_key(table)))


async def upsert(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> None:
    """Inserts a row, or replaces the one with its primary key."""
    statement = _insert(connection)(table).values(dict(values))
    keys = {column.key for column in table.primary_key}
    changes = {name: value for name, value in values.items() if name not in keys}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=_key(table), set_=changes)
    )


def _insert(connection: AsyncConnection) -> Any:
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert


def _key(table: Table) -> list[Column[Any]]:
    return list(table.primary_key)
