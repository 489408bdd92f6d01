"""Where things are kept: in memory, or in SQL."""

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from dishka import Provider, Scope, provide
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.codec import JsonCodec
from conectar.adapters.outbound.memory.store import MemoryStore
from conectar.adapters.outbound.sql.engine import make_engine
from conectar.adapters.outbound.sql.store import SqlStore
from conectar.application.ports.system import Ids, Telemetry
from conectar.application.ports.unit_of_work import Store
from conectar.bootstrap.place import Place


@runtime_checkable
class WatchesStatements(Protocol):
    """Telemetry that wants to see what is said to a database."""

    def watch(self, engine: Engine) -> None:
        """From now on."""
        ...


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
    async def engine(self, place: Place, telemetry: Telemetry) -> AsyncIterator[AsyncEngine]:
        """One engine a program, watched by whoever makes traces."""
        engine = make_engine(place.database_url, pooled_outside=place.database_pooled)
        if isinstance(telemetry, WatchesStatements):
            telemetry.watch(engine.sync_engine)
        yield engine
        await engine.dispose()

    @provide
    def store(self, engine: AsyncEngine, ids: Ids, codec: JsonCodec) -> Store:
        """Tables in a database."""
        return SqlStore(engine, ids, codec)
