"""Units of work, in SQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from conectar.adapters.outbound.sql import repositories as r
from conectar.adapters.outbound.sql import repositories_money as m
from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.connection import (
    LOOKING,
    READING,
    WRITING,
    Connection,
    Database,
)
from conectar.adapters.outbound.sql.ledger import Ledger
from conectar.adapters.outbound.sql.outbox import EventCodec, Outbox
from conectar.adapters.outbound.sql.readers import Readers
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UNIT_OPEN
from conectar.domain.jobs.dispute import Dispute, DisputeMessage
from conectar.domain.kernel.ids import (
    AuditId,
    BatchId,
    DisputeId,
    MessageId,
    TradeId,
    UserId,
)
from conectar.domain.levels.points import PointGrant
from conectar.domain.payments.payout import PayoutBatch
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.professional import Professional, Trade
from conectar.domain.people.session import PasswordReset


class SqlUnit:
    """Implements UnitOfWork over one connection."""

    def __init__(self, connection: Connection, ids: Ids, codec: EventCodec) -> None:
        self._connection = connection
        self.users = r.Users(connection, t.USERS)
        self.professionals = r.Repository[Professional, UserId](connection, t.PROFESSIONALS)
        self.trades = r.Repository[Trade, TradeId](connection, t.TRADES)
        self.sessions = r.Sessions(connection, t.SESSIONS)
        self.password_resets = r.Repository[PasswordReset, str](connection, t.PASSWORD_RESETS)
        self.kyc_submissions = r.KycSubmissions(connection, t.KYC_SUBMISSIONS)
        self.offers = r.Offers(connection, t.OFFERS)
        self.jobs = r.Jobs(connection, t.JOBS)
        self.disputes = r.Repository[Dispute, DisputeId](connection, t.DISPUTES)
        self.dispute_messages = r.Repository[DisputeMessage, MessageId](
            connection, t.DISPUTE_MESSAGES
        )
        self.evidence = r.EvidenceFiles(connection, t.EVIDENCE)
        self.reviews = r.Reviews(connection, t.REVIEWS)
        self.point_grants = r.Repository[PointGrant, str](connection, t.POINT_GRANTS)
        self.services = r.Services(connection, t.SERVICES)
        self.notices = r.Notices(connection, t.NOTICES)
        self.preferences = r.AllPreferences(connection, t.PREFERENCES)
        self.regrets = r.Regrets(connection, t.REGRETS)
        self.audit = r.Repository[AuditEntry, AuditId](connection, t.AUDIT)
        self.payouts = m.Payouts(connection, t.PAYOUTS)
        self.payout_batches = r.Repository[PayoutBatch, BatchId](connection, t.PAYOUT_BATCHES)
        self.proposals = m.Proposals(connection, t.PROPOSALS)
        self.checkouts = m.Checkouts(connection, t.CHECKOUTS)
        self.payments = m.Payments(connection, t.PAYMENTS)
        self.refunds = m.Refunds(connection, t.REFUNDS)
        self.movements = m.Movements(connection, t.MOVEMENTS)
        self.keys = r.Keys(connection)
        self.turns = r.Turns(connection)
        self.search = r.SearchIndex(connection)
        self.ledger = Ledger(connection)
        self.outbox = Outbox(connection, ids, codec)
        self.read = Readers(connection)

    async def commit(self) -> None:
        """Makes it true."""
        await self.outbox.write()
        await self._connection.commit()


class SqlStore:
    """Implements Store."""

    def __init__(self, database: Database, ids: Ids, codec: EventCodec) -> None:
        self._database = database
        self._ids = ids
        self._codec = codec

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[SqlUnit]:
        """A writing unit. Raises LostRace, LockTimeout, Unavailable."""
        token = UNIT_OPEN.set(True)
        try:
            async with self._database.connected(WRITING) as connection:
                yield SqlUnit(connection, self._ids, self._codec)
        finally:
            UNIT_OPEN.reset(token)

    @asynccontextmanager
    async def reading(self, *, snapshot: bool = True) -> AsyncIterator[Readers]:
        """A view of one moment, or of that of each statement."""
        async with self._database.connected(READING if snapshot else LOOKING) as connection:
            yield Readers(connection)
