"""Where things are kept: in memory, or in SQL."""

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from dishka import Provider, Scope, provide

from conectar.adapters.codec import JsonCodec
from conectar.adapters.outbound.memory.store import MemoryStore
from conectar.adapters.outbound.sql.connection import Database, Listener
from conectar.adapters.outbound.sql.engine import make_engine
from conectar.adapters.outbound.sql.postgresql import PostgresDatabase
from conectar.adapters.outbound.sql.sqlite import SqliteDatabase
from conectar.adapters.outbound.sql.store import SqlStore
from conectar.application.ports.system import Ids, Telemetry
from conectar.application.ports.unit_of_work import Store
from conectar.bootstrap.place import Place


@runtime_checkable
class WatchesStatements(Protocol):
    """Telemetry that wants to see what is said to a database."""

    statement: Listener


class MemoryStorageProvider(Provider):
    """Gone with the program."""

    scope = Scope.APP

    @provide
    def store(self, ids: Ids) -> Store:
        """Tables in memory."""
        return MemoryStore(ids)


class SqlStorageProvider(Provider):
    """A database."""

    scope = Scope.APP

    @provide
    async def database(self, place: Place, telemetry: Telemetry) -> AsyncIterator[Database]:
        """One a program, watched by whoever makes traces."""
        database = await _opened(place)
        if isinstance(telemetry, WatchesStatements):
            database.listeners.append(telemetry.statement)
        yield database
        await database.close()

    @provide
    def store(self, database: Database, ids: Ids, codec: JsonCodec) -> Store:
        """Tables in a database."""
        return SqlStore(database, ids, codec)


async def _opened(place: Place) -> Database:
    if place.database_url.startswith("sqlite"):
        return SqliteDatabase(make_engine(place.database_url))
    database = PostgresDatabase(place.database_url, pooled_outside=place.database_pooled)
    await database.open()
    return database
