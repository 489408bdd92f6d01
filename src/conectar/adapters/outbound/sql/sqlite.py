"""SQLite, through SQLAlchemy's engine: `BEGIN IMMEDIATE` for writers, so that nobody reads what he
will have to take back; plain `BEGIN` for readers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.engine import Compiled
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from conectar.adapters.outbound.sql.connection import (
    WRITING,
    Connection,
    Listener,
    Row,
    Statement,
    Values,
    Way,
)
from conectar.adapters.outbound.sql.engine import READ_ONLY
from conectar.adapters.outbound.sql.errors import translated


class SqliteConnection(Connection):
    """Implements Connection over SQLAlchemy's."""

    def __init__(self, connection: AsyncConnection, listeners: Sequence[Listener]) -> None:
        super().__init__(connection.dialect, listeners)
        self._connection = connection

    async def _rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        return (await self._connection.execute(statement, values)).all()  # type: ignore[arg-type]

    async def _change(self, statement: Statement, values: Values) -> int:
        done = await self._connection.execute(statement, values)  # type: ignore[arg-type]
        return done.rowcount

    async def _change_each(self, statement: Statement, rows: Sequence[Values]) -> None:
        await self._connection.execute(statement, rows)  # type: ignore[arg-type]

    async def _commit(self) -> None:
        await self._connection.commit()

    def words(self, statement: Statement, values: Values) -> tuple[str, Sequence[Any]]:
        """SQLAlchemy's; the parameters by name are not in their order."""
        if not isinstance(statement, Compiled):
            compile: Any = statement.compile  # type: ignore[attr-defined]
            statement = compile(dialect=self.dialect, column_keys=list(values))
        return str(statement), tuple(values.values())


class SqliteDatabase:
    """Implements Database. One writes at a time: within one program they queue here, in order,
    instead of polling for the file's lock."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.dialect = engine.dialect
        self.listeners: list[Listener] = []
        self._engine = engine
        self._readers = engine.execution_options(**{READ_ONLY: True})
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def connected(self, way: Way) -> AsyncIterator[Connection]:
        """A connection, and the file's lock for a writer."""
        if way == WRITING:
            async with self._turn, self._lent(self._engine) as connection:
                yield connection
        else:
            async with self._lent(self._readers) as connection:
                yield connection

    @asynccontextmanager
    async def _lent(self, engine: AsyncEngine) -> AsyncIterator[Connection]:
        with translated():
            connection = await engine.connect()
        lent = SqliteConnection(connection, self.listeners)
        try:
            with translated(), lent.hearing("BEGIN"):
                await connection.begin()
            yield lent
        finally:
            await asyncio.shield(connection.close())

    async def close(self) -> None:
        """Ends every connection."""
        await self._engine.dispose()
