"""Units of work, in memory."""

import asyncio

from conectar.adapters.outbound.memory.ledger import Ledger
from conectar.adapters.outbound.memory.outbox import Outbox
from conectar.adapters.outbound.memory.readers import Readers
from conectar.adapters.outbound.memory.repositories import Repositories
from conectar.adapters.outbound.memory.tables import Journal
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
        self.disputes = tables.disputes
        self.dispute_messages = tables.dispute_messages
        self.evidence = tables.evidence
        self.reviews = tables.reviews
        self.point_grants = tables.point_grants
        self.services = tables.services
        self.notices = tables.notices
        self.preferences = tables.preferences
        self.regrets = tables.regrets
        self.audit = tables.audit
        self.checkouts = tables.checkouts
        self.payments = tables.payments
        self.refunds = tables.refunds
        self.payouts = tables.payouts
        self.payout_batches = tables.payout_batches
        self.proposals = tables.proposals
        self.movements = tables.movements
        self.keys = tables.keys
        self.turns = tables.turns
        self.search = tables.search
        self.ledger = store.ledger
        self.outbox = store.outbox
        self.read = store.readers
        self._journal = store.journal

    async def commit(self) -> None:
        """Makes it true."""
        self.outbox.write()
        self._journal.commit()


class MemoryStore:
    """Implements Store. One unit at a time; readers wait for it, so they never see half of one."""

    def __init__(self, ids: Ids) -> None:
        self.journal = Journal()
        self.repositories = Repositories(self.journal)
        self.ledger = Ledger(self.journal)
        self.outbox = Outbox(self.journal, ids)
        self.readers = Readers(self.repositories, self.ledger, self.outbox)
        self.turn = asyncio.Lock()
        self.the_unit = MemoryUnit(self)

    def unit(self) -> "Turn":
        """A writing unit."""
        return Turn(self)

    def reading(self, *, snapshot: bool = True) -> "Look":
        """A view of one moment, always."""
        return Look(self)


class Look:
    """One reader's turn; a class and not a generator, for it is taken many times a second."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def __aenter__(self) -> Readers:
        await self._store.turn.acquire()
        return self._store.readers

    async def __aexit__(self, *_: object) -> None:
        self._store.turn.release()


class Turn:
    """One unit's turn."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def __aenter__(self) -> MemoryUnit:
        await self._store.turn.acquire()
        self._token = UNIT_OPEN.set(True)
        self._store.outbox.begin()
        return self._store.the_unit

    async def __aexit__(self, *_: object) -> None:
        self._store.journal.back_to(0)
        UNIT_OPEN.reset(self._token)
        self._store.turn.release()
