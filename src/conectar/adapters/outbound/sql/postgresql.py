"""PostgreSQL, through asyncpg: READ COMMITTED for writers, who lock the rows they decide by; one
snapshot for readers.

Every connection is asked whether it lives before anything is said in a transaction: its beginning
is that question. Outside of one, where each statement reads by itself, the statement is. A
connection that doesn't answer is thrown away, and the next is asked.

Behind PgBouncer in transaction mode a session is lent for one transaction only, so that nothing may
be kept in it: no prepared statement, and its settings are those of the role (`roles.settle`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any

import asyncpg
from sqlalchemy import make_url

from conectar.adapters.outbound.sql.connection import (
    LOOKING,
    READING,
    WRITING,
    Connection,
    Listener,
    Row,
    Statement,
    Values,
    Way,
)
from conectar.adapters.outbound.sql.engine import SESSION
from conectar.adapters.outbound.sql.errors import dead, translated
from conectar.adapters.outbound.sql.words import DIALECT, words
from conectar.application.ports.unit_of_work import LostRace

POOL_SIZE = 10
LENT_WITHIN_S = 3.0
ANSWERED_WITHIN_S = 8.0
"""Longer than the server lets a statement take: only one that is gone without a word is so slow."""
RETURNED_WITHIN_S = 1.0
ENDED_WITHIN_S = 5.0
BEGINNINGS: dict[Way, str] = {
    WRITING: "BEGIN ISOLATION LEVEL READ COMMITTED",
    READING: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
SQLALCHEMYS_OWN = ("prepared_statement_cache_size", "prepared_statement_name_func")
PREPARED: dict[str, Any] = {"statement_cache_size": 500, "max_cached_statement_lifetime": 0}


class PostgresConnection(Connection):
    """Implements Connection over asyncpg's."""

    def __init__(self, driver: Any, listeners: Sequence[Listener]) -> None:
        super().__init__(DIALECT, listeners)
        self.driver = driver
        self._over = False

    async def _rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        said, driver = words(statement, values), await self._ready()
        found: Sequence[Row] = await driver.fetch(said.text, *said.parameters(values))
        return found

    async def _change(self, statement: Statement, values: Values) -> int:
        said, driver = words(statement, values), await self._ready()
        status: str = await driver.execute(said.text, *said.parameters(values))
        return int(status.rpartition(" ")[2])  # such as `UPDATE 1`

    async def _change_each(self, statement: Statement, rows: Sequence[Values]) -> None:
        said, driver = words(statement, rows[0]), await self._ready()
        await driver.executemany(said.text, [said.parameters(row) for row in rows])

    async def _commit(self) -> None:
        self._over = True
        if await self.driver.execute("COMMIT") != "COMMIT":  # of what failed nothing is kept
            raise LostRace()

    async def _ready(self) -> Any:
        """Whatever is said after the commit is of another transaction, which is taken back."""
        if self._over:
            await self.driver.execute("BEGIN")
            self._over = False
        return self.driver

    def words(self, statement: Statement, values: Values) -> tuple[str, Sequence[Any]]:
        """Those that are said."""
        said = words(statement, values)
        return said.text, said.parameters(values)


class LookingConnection(PostgresConnection):
    """Reads, statement by statement, over one that lives: it may be another each time."""

    def __init__(
        self, driver: Any, listeners: Sequence[Listener], another: Callable[[Any], Awaitable[Any]]
    ) -> None:
        super().__init__(driver, listeners)
        self._another = another

    async def _rows(self, statement: Statement, values: Values) -> Sequence[Row]:
        late = monotonic() + LENT_WITHIN_S
        while True:
            try:
                return await super()._rows(statement, values)
            except Exception as error:
                if not dead(error) or monotonic() > late:
                    raise
            self.driver = await self._another(self.driver)


class PostgresDatabase:
    """Implements Database: a pool of connections. Needs `open` before and `close` after."""

    def __init__(self, url: str, *, pooled_outside: bool = False) -> None:
        self.dialect = DIALECT
        self.listeners: list[Listener] = []
        kept: dict[str, Any] = {"statement_cache_size": 0} if pooled_outside else PREPARED
        self._pool = asyncpg.create_pool(
            **{
                "min_size": 0,
                "max_size": POOL_SIZE,
                "max_queries": 1_000_000,
                "reset": _as_it_is,
                "timeout": LENT_WITHIN_S,
                "command_timeout": ANSWERED_WITHIN_S,
                "server_settings": {} if pooled_outside else SESSION,
                **kept,
                **said_in(url),
            }
        )

    async def open(self) -> None:
        """Connects nobody yet."""
        await self._pool

    @asynccontextmanager
    async def connected(self, way: Way) -> AsyncIterator[Connection]:
        """A connection that lives, in a transaction of this way; what is not committed is taken
        back."""
        with translated():
            connection = await self._lent(way)
        try:
            yield connection
        finally:
            returned = self._returned(connection.driver)
            # whoever only looked leaves nothing to be taken back, and the pool shields itself
            await (returned if way == LOOKING else asyncio.shield(returned))

    async def _lent(self, way: Way) -> PostgresConnection:
        if way == LOOKING:
            return LookingConnection(await self._any(), self.listeners, self._another)
        return await self._begun(BEGINNINGS[way])

    async def _begun(self, beginning: str) -> PostgresConnection:
        late = monotonic() + LENT_WITHIN_S
        while True:
            connection = PostgresConnection(await self._any(), self.listeners)
            try:
                with connection.hearing(beginning):
                    await connection.driver.execute(beginning, timeout=LENT_WITHIN_S)
            except BaseException as error:
                await self._thrown_away(connection.driver)
                if not (isinstance(error, Exception) and dead(error)) or monotonic() > late:
                    raise
            else:
                return connection

    async def _any(self) -> Any:
        if self._pool.get_idle_size():  # nobody has to be waited for
            return await self._pool.acquire()
        async with asyncio.timeout(LENT_WITHIN_S):
            return await self._pool.acquire()

    async def _another(self, dead: Any) -> Any:
        await self._thrown_away(dead)
        return await self._any()

    async def _returned(self, driver: Any) -> None:
        """A server that vanished meanwhile takes back nothing that was answered or committed, and
        hides no reason why the work failed. One that went silent is not waited for again."""
        try:
            if driver.is_in_transaction():
                await driver.execute("ROLLBACK", timeout=RETURNED_WITHIN_S)
            await self._pool.release(driver, timeout=RETURNED_WITHIN_S)
        except Exception:
            await self._thrown_away(driver)

    async def _thrown_away(self, driver: Any) -> None:
        with suppress(asyncpg.InterfaceError):  # it was noticed that it is dead
            driver.terminate()
        await self._pool.release(driver)

    async def close(self) -> None:
        """Ends every connection."""
        try:
            async with asyncio.timeout(ENDED_WITHIN_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


def said_in(url: str) -> dict[str, Any]:
    """What a URL says of the way to the database, understood as SQLAlchemy understands it."""
    _, said = DIALECT.create_connect_args(make_url(url))
    return {name: value for name, value in said.items() if name not in SQLALCHEMYS_OWN}


async def _as_it_is(_: Any) -> None:
    """A session is given back as it was lent: nothing is set in it."""
