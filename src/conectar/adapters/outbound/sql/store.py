"""Units of work, in SQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from conectar.adapters.outbound.sql import repositories as r
from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.engine import READ_ONLY
from conectar.adapters.outbound.sql.errors import translated
from conectar.adapters.outbound.sql.ledger import Ledger
from conectar.adapters.outbound.sql.outbox import EventCodec, Outbox
from conectar.adapters.outbound.sql.readers import Readers
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UNIT_OPEN
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.ids import JobId, OfferId, TradeId, UserId
from conectar.domain.offers.offer import Offer
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.professional import Professional, Trade
from conectar.domain.people.session import PasswordReset


class SqlUnit:
    """Implements UnitOfWork over one connection."""

    def __init__(self, connection: AsyncConnection, ids: Ids, codec: EventCodec) -> None:
        self._connection = connection
        self.users = r.Users(connection, t.USERS)
        self.professionals = r.Repository[Professional, UserId](connection, t.PROFESSIONALS)
        self.trades = r.Repository[Trade, TradeId](connection, t.TRADES)
        self.sessions = r.Sessions(connection, t.SESSIONS)
        self.password_resets = r.Repository[PasswordReset, str](connection, t.PASSWORD_RESETS)
        self.kyc_submissions = r.Repository[KycSubmission, UserId](connection, t.KYC_SUBMISSIONS)
        self.offers = r.Repository[Offer, OfferId](connection, t.OFFERS)
        self.jobs = r.Repository[Job, JobId](connection, t.JOBS)
        self.checkouts = r.Checkouts(connection, t.CHECKOUTS)
        self.payments = r.Payments(connection, t.PAYMENTS)
        self.refunds = r.Refunds(connection, t.REFUNDS)
        self.movements = r.Movements(connection, t.MOVEMENTS)
        self.keys = r.Keys(connection)
        self.search = r.SearchIndex(connection)
        self.ledger = Ledger(connection)
        self.outbox = Outbox(connection, ids, codec)
        self.read = Readers(connection)

    @asynccontextmanager
    async def _savepoint(self) -> AsyncIterator[None]:
        async with self._connection.begin_nested():
            yield

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Undoes what happens inside if it raises."""
        return self._savepoint()

    async def commit(self) -> None:
        """Makes it true."""
        with translated():
            await self._connection.commit()


class SqlStore:
    """Implements Store. SQLite has one writer at a time: within one program they queue here, in
    order, instead of polling for the file's lock."""

    def __init__(self, engine: AsyncEngine, ids: Ids, codec: EventCodec) -> None:
        self._engine = engine
        self._ids = ids
        self._codec = codec
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[SqlUnit]:
        """A writing unit. Raises LostRace, Unavailable."""
        async with self._turn:
            token = UNIT_OPEN.set(True)
            try:
                async with self._connected(read_only=False) as connection:
                    yield SqlUnit(connection, self._ids, self._codec)
            finally:
                UNIT_OPEN.reset(token)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Readers]:
        """A consistent view."""
        async with self._connected(read_only=True) as connection:
            yield Readers(connection)

    @asynccontextmanager
    async def _connected(self, *, read_only: bool) -> AsyncIterator[AsyncConnection]:
        with translated():
            connection = await self._engine.connect()
        try:
            await connection.execution_options(**{READ_ONLY: read_only})
            with translated():
                await connection.begin()
            yield connection
        finally:
            await asyncio.shield(connection.close())
