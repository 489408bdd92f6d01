"""Which indexes PostgreSQL would use for what a house has said to it."""

import re
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import asyncpg
from sqlalchemy import make_url

from conectar.adapters.outbound.sql.connection import Said
from conectar.adapters.outbound.sql.tables import METADATA
from conectar.adapters.vocabulary.tables import SQLITE_ONLY
from conectar.bootstrap.place import Place
from tests.backends import House

PLANNED = ("SELECT", "UPDATE", "DELETE", "WITH")
NAMED = re.compile(r"Index (?:Only )?Scan (?:Backward )?(?:using|on) (\w+)")


INDEXES = {
    str(index.name)
    for table in METADATA.tables.values()
    for index in table.indexes
    if not index.unique and index.name not in SQLITE_ONLY
}
"""But for those of "at most one", which serve even if nobody reads by them."""


class Statements:
    """A listener that keeps each statement once, with the values it had first."""

    def __init__(self) -> None:
        self._said: dict[str, Any] = {}

    def __call__(self, said: Said) -> AbstractContextManager[None]:
        if not isinstance(said.statement, str) and said.text.startswith(PLANNED):
            self._said.setdefault(said.text, said.parameters[0])
        return nullcontext()

    async def unserved(self, home: House) -> set[str]:
        """The indexes that none of them would use, however tables are joined, if nobody read a
        whole one: these are small."""
        place = await home.container.get(Place)
        url = make_url(place.database_url).set(drivername="postgresql")
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        used: set[str] = set()
        try:
            await connection.execute("SET enable_seqscan = off")
            for loops in ("on", "off"):
                await connection.execute(f"SET enable_nestloop = {loops}")
                for statement, parameters in self._said.items():
                    plan = await connection.fetch(f"EXPLAIN {statement}", *parameters)
                    used |= {name for (line,) in plan for name in NAMED.findall(line)}
        finally:
            await connection.close()
        return INDEXES - used
