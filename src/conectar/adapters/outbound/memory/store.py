"""Units of work, in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from conectar.adapters.outbound.memory.ledger import Ledger
from conectar.adapters.outbound.memory.outbox import Outbox
from conectar.adapters.outbound.memory.readers import Readers
from conectar.adapters.outbound.memory.repositories import Repositories
from conectar.adapters.outbound.memory.tables import Journal, savepoint
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UNIT_OPEN


class MemoryUnit:
    """Implements UnitOfWork."""

    def __init__(self, store: "MemoryStore") -> None:
        tables = store.repositories
        self.users = tables.users
        self.professionals = tables.professionals
        self.trades = tables.trades
        self.sessions = tables.sessions
        self.password_resets = tables.password_resets
        self.kyc_submissions = tables.kyc_submissions
        self.offers = tables.offers
        self.jobs = tables.jobs
        self.checkouts = tables.checkouts
        self.payments = tables.payments
        self.refunds = tables.refunds
        self.movements = tables.movements
        self.keys = tables.keys
        self.search = tables.search
        self.ledger = store.ledger
        self.outbox = store.outbox
        self.read = store.readers
        self._journal = store.journal

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Undoes what happens inside if it raises."""
        return savepoint(self._journal)

    async def commit(self) -> None:
        """Makes it true."""
        self._journal.commit()


class MemoryStore:
    """Implements Store. One unit at a time; readers wait for it, so they never see half of one."""

    def __init__(self, ids: Ids) -> None:
        self.journal = Journal()
        self.repositories = Repositories(self.journal)
        self.ledger = Ledger(self.journal)
        self.outbox = Outbox(self.journal, ids)
        self.readers = Readers(self.repositories, self.ledger, self.outbox)
        self._turn = asyncio.Lock()
        self._unit = MemoryUnit(self)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[MemoryUnit]:
        """A writing unit."""
        async with self._turn:
            token = UNIT_OPEN.set(True)
            self.outbox.awaited = False
            try:
                yield self._unit
            finally:
                self.journal.back_to(0)
                UNIT_OPEN.reset(token)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Readers]:
        """A consistent view."""
        async with self._turn:
            yield self.readers
