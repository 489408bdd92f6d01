"""The unit of work: everything a handler changes, or nothing.

`Core` opens it and commits; handlers only use it. While one is open in a task no gateway may be
called: `outside_only` is the check every outward adapter makes first.
"""

from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from typing import Protocol

from conectar.application.ports import stores
from conectar.application.ports.keys import Keys
from conectar.application.ports.outbox import Outbox
from conectar.application.ports.readers import Readers
from conectar.application.ports.turns import Turns

UNIT_OPEN: ContextVar[bool] = ContextVar("unit_open", default=False)


class LostRace(Exception):
    """Somebody else was first; the whole unit may be run again."""


class LockTimeout(Exception):
    """Somebody else held for too long what this unit needs; trying again would wait as long."""


def outside_only(what: str) -> None:
    """Raises if a unit of work is open: a network call there would hold its locks."""
    if UNIT_OPEN.get():
        raise RuntimeError(f"{what} was called inside a unit of work")


class UnitOfWork(Protocol):
    """The repositories of one transaction. Whoever is refused by one of them leaves it."""

    @property
    def users(self) -> stores.Users: ...

    @property
    def professionals(self) -> stores.Professionals: ...

    @property
    def trades(self) -> stores.Trades: ...

    @property
    def sessions(self) -> stores.Sessions: ...

    @property
    def password_resets(self) -> stores.PasswordResets: ...

    @property
    def kyc_submissions(self) -> stores.KycSubmissions: ...

    @property
    def offers(self) -> stores.Offers: ...

    @property
    def jobs(self) -> stores.Jobs: ...

    @property
    def disputes(self) -> stores.Disputes: ...

    @property
    def dispute_messages(self) -> stores.DisputeMessages: ...

    @property
    def evidence(self) -> stores.EvidenceFiles: ...

    @property
    def reviews(self) -> stores.Reviews: ...

    @property
    def point_grants(self) -> stores.PointGrants: ...

    @property
    def services(self) -> stores.Services: ...

    @property
    def notices(self) -> stores.Notices: ...

    @property
    def preferences(self) -> stores.AllPreferences: ...

    @property
    def regrets(self) -> stores.Regrets: ...

    @property
    def audit(self) -> stores.Audit: ...

    @property
    def payouts(self) -> stores.Payouts: ...

    @property
    def payout_batches(self) -> stores.PayoutBatches: ...

    @property
    def proposals(self) -> stores.Proposals: ...

    @property
    def checkouts(self) -> stores.Checkouts: ...

    @property
    def payments(self) -> stores.Payments: ...

    @property
    def refunds(self) -> stores.Refunds: ...

    @property
    def movements(self) -> stores.Movements: ...

    @property
    def ledger(self) -> stores.Ledger: ...

    @property
    def search(self) -> stores.SearchIndex: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def keys(self) -> Keys: ...

    @property
    def turns(self) -> Turns: ...

    @property
    def read(self) -> Readers: ...

    async def commit(self) -> None:
        """Makes it true. Without it, leaving the unit undoes everything."""
        ...


class Store(Protocol):
    """Where units of work come from."""

    def unit(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A writing unit. Raises LostRace, LockTimeout, Unavailable."""
        ...

    def reading(self, *, snapshot: bool = True) -> AbstractAsyncContextManager[Readers]:
        """A view for queries, without locks: of one moment, or of that of each statement."""
        ...
