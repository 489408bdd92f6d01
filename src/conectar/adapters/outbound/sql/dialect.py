"""What SQLAlchemy spells differently for each database."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Dialect, Select, Table, cast, func
from sqlalchemy.dialects import postgresql, sqlite

from conectar.adapters.outbound.sql.connection import Connection


def lock(query: Select[Any], *of: Table) -> Select[Any]:
    """The rows of a query, of all its tables or these, are ours until the unit ends. Whoever only
    points at one of them needs not wait."""
    return query.with_for_update(key_share=True, of=of or None)


def total(of: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of whole numbers, whole as well: PostgreSQL would make it a decimal."""
    return cast(func.sum(of), BigInteger)


async def insert_missing(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Inserts a row unless its primary key is there; answers whether it did."""
    statement = _missing(connection.dialect, table, *values)
    return await connection.change(statement, values) == 1


async def upsert(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Inserts a row, or replaces the one with its primary key."""
    statement = _insert(connection.dialect.name)(table).values(dict(values))
    keys = {column.key for column in table.primary_key}
    changes = {name: value for name, value in values.items() if name not in keys}
    await connection.change(
        statement.on_conflict_do_update(index_elements=_key(table), set_=changes)
    )


async def count_up(
    connection: Connection, table: Table, counter: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Inserts rows, or adds their counters to those of the rows with their primary keys. Rows are
    locked in the order given."""
    if rows:
        statement = _counting(connection.dialect, table, counter, *rows[0])
        await connection.change_each(statement, rows)


@cache
def _missing(dialect: Dialect, table: Table, *columns: str) -> Any:
    statement = _insert(dialect.name)(table).on_conflict_do_nothing(index_elements=_key(table))
    return _compiled(statement, dialect, columns)


@cache
def _counting(dialect: Dialect, table: Table, counter: str, *columns: str) -> Any:
    statement = _insert(dialect.name)(table)
    more = table.c[counter] + statement.excluded[counter]
    adds = statement.on_conflict_do_update(index_elements=_key(table), set_={counter: more})
    return _compiled(adds, dialect, columns)


def _compiled(statement: Any, dialect: Dialect, columns: Sequence[str]) -> Any:
    """An insert with a conflict in it is not among those that SQLAlchemy compiles only once."""
    return statement.compile(dialect=dialect, column_keys=list(columns))


def _insert(dialect: str) -> Any:
    return sqlite.insert if dialect == "sqlite" else postgresql.insert


def _key(table: Table) -> list[Column[Any]]:
    return list(table.primary_key)
