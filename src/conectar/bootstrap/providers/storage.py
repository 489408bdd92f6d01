"""Where things are kept: in memory, or in SQL."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.codec import JsonCodec
from conectar.adapters.outbound.memory.store import MemoryStore
from conectar.adapters.outbound.sql.engine import make_engine
from conectar.adapters.outbound.sql.store import SqlStore
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import Store
from conectar.bootstrap.place import Place


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
    async def engine(self, place: Place) -> AsyncIterator[AsyncEngine]:
        """One engine a program."""
        engine = make_engine(place.database_url, pooled_outside=place.database_pooled)
        yield engine
        await engine.dispose()

    @provide
    def store(self, engine: AsyncEngine, ids: Ids, codec: JsonCodec) -> Store:
        """Tables in a database."""
        return SqlStore(engine, ids, codec)
