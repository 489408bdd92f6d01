"""What SQLAlchemy spells differently for each database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def upsert(
    connection: AsyncConnection,
    table: Table,
    values: Mapping[str, Any],
    update: Mapping[str, Any] | None = None,
) -> None:
    """Inserts a row; if its primary key is there, sets `update` (everything, without one)."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    keys = {column.key for column in table.primary_key}
    changes = update or {name: value for name, value in values.items() if name not in keys}
    statement = insert(table).values(dict(values))
    columns = {table.c[name]: value for name, value in changes.items()}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key), set_={c.name: v for c, v in columns.items()}
        )
    )
