"""Statements that are said all the time, each made once: making one costs more than saying it.

Values are left open by name (`bindparam`) and given when it is said.
"""

from functools import cache
from typing import Any

from sqlalchemy import Insert, Select, Table, Update, bindparam, insert, select, update

from conectar.adapters.outbound.sql.dialect import lock
from conectar.adapters.outbound.sql.mapping import Entity

KEY = "key_"
"""What begins the name of a key's value."""


@cache
def adding(table: Table) -> Insert:
    """A new row, of the values given."""
    return insert(table)


@cache
def by_key(entity: Entity[Any], *, locked: bool) -> Select[Any]:
    """The row under the first part of its key, `key_`."""
    query = select(entity.table).where(entity.table.c[entity.primary[0]] == bindparam(KEY))
    return lock(query) if locked else query


@cache
def replacing(table: Table, *keys: str) -> Update:
    """The row with these keys gets the values given; each key's own is `key_` and its name."""
    where = (table.c[name] == bindparam(KEY + name) for name in keys)
    return update(table).where(*where)
