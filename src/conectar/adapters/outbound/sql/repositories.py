"""The repositories, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.dialect import upsert
from conectar.adapters.outbound.sql.errors import translated
from conectar.adapters.outbound.sql.mapping import Entity
from conectar.application.ports.keys import StoredAnswer
from conectar.application.search_rows import rows_of
from conectar.domain.kernel.ids import JobId, PaymentId, UserId
from conectar.domain.payments.checkout import Checkout, CheckoutStatus
from conectar.domain.payments.movement import Movement
from conectar.domain.payments.payment import WAITING, Payment, Verdict
from conectar.domain.payments.refund import Refund
from conectar.domain.people.professional import Professional
from conectar.domain.people.session import Session
from conectar.domain.people.user import User

T = TypeVar("T")
K = TypeVar("K")


class Repository(Generic[T, K]):
    """Find, add and save values of one table, by its primary key."""

    def __init__(self, connection: AsyncConnection, entity: Entity[T]) -> None:
        self._connection = connection
        self._entity = entity
        self._table = entity.table

    async def find(self, key: K) -> T | None:
        """The value under a key, locked until the unit ends."""
        return await self._one(self._key(key))

    async def add(self, item: T) -> None:
        """A new value. Raises the rule of a uniqueness it breaks."""
        with translated():
            await self._connection.execute(insert(self._table).values(self._entity.values(item)))

    async def save(self, item: T) -> None:
        """Replaces a value that is there."""
        row = self._entity.values(item)
        keys = {name: row.pop(name) for name in self._entity.primary}
        where = [self._table.c[name] == value for name, value in keys.items()]
        with translated():
            done = await self._connection.execute(update(self._table).where(*where).values(row))
        assert done.rowcount == 1, "only what was found is saved"

    def _key(self, key: K) -> ColumnElement[bool]:
        return self._table.c[self._entity.primary[0]] == key

    def _select(self, *where: ColumnElement[bool]) -> Select[Any]:
        return select(self._table).where(*where).with_for_update()

    async def _one(self, *where: ColumnElement[bool]) -> T | None:
        with translated():
            row = (await self._connection.execute(self._select(*where))).first()
        return self._entity.read(row) if row else None

    async def _all(self, query: Select[Any]) -> list[T]:
        with translated():
            rows = await self._connection.execute(query)
        return [self._entity.read(row) for row in rows]


class Users(Repository[User, UserId]):
    """Accounts."""

    async def by_email(self, email: str) -> User | None:
        """The account of an address."""
        return await self._one(self._table.c.email == email)


class Sessions(Repository[Session, UUID]):
    """Devices signed in."""

    async def live_of(self, user: UserId, at: datetime) -> Sequence[Session]:
        """Those that let somebody in, newest first."""
        c = self._table.c
        live = self._select(c.user_id == user, c.ended_at.is_(None), c.expires_at > at)
        return await self._all(live.order_by(c.created_at.desc(), c.id.desc()))


class Checkouts(Repository[Checkout, UUID]):
    """Our intents that a job be paid."""

    async def open_of(self, job: JobId) -> Checkout | None:
        """The one that may still be paid."""
        c = self._table.c
        return await self._one(c.job_id == job, t.is_(c.status, CheckoutStatus.OPEN))


class Payments(Repository[Payment, PaymentId]):
    """Payments at the gateway."""

    async def funding(self, job: JobId) -> Payment | None:
        """The one whose money is held for a job."""
        c = self._table.c
        return await self._one(c.job_id == job, t.is_(c.verdict, Verdict.FUNDS))

    async def pending_of(self, job: JobId) -> bool:
        """Whether the gateway still waits for one."""
        c = self._table.c
        return bool(await self._all(self._select(c.job_id == job, t.is_(c.status, *WAITING))))


class Refunds(Repository[Refund, UUID]):
    """Intents to give money back."""

    async def of_payment(self, payment: PaymentId) -> Sequence[Refund]:
        """All of one payment, oldest first."""
        c = self._table.c
        return await self._all(self._select(c.payment_id == payment).order_by(c.id))


class Movements(Repository[Movement, UUID]):
    """Movements; each is found by the fact it tells."""

    async def of_fact(self, source_ref: str) -> Movement | None:
        """The movement of a fact."""
        return await self._one(self._table.c.source_ref == source_ref)


class Keys:
    """Idempotency keys."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._c = t.KEYS.table.c

    async def find(self, owner: UUID, key: str) -> StoredAnswer | None:
        """What the key holds."""
        query = select(t.KEYS.table).where(*self._is(owner, key)).with_for_update()
        with translated():
            row = (await self._connection.execute(query)).first()
        return t.KEYS.read(row) if row else None

    async def put(self, item: StoredAnswer) -> None:
        """Claims or fills."""
        with translated():
            await upsert(self._connection, t.KEYS.table, t.KEYS.values(item))

    async def forget(self, owner: UUID, key: str) -> None:
        """As if it had never been used."""
        with translated():
            await self._connection.execute(delete(t.KEYS.table).where(*self._is(owner, key)))

    async def forget_older(self, than: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        old = select(self._c.owner, self._c.key).where(self._c.created_at < than).limit(limit)
        with translated():
            found = (await self._connection.execute(old)).all()
            for owner, key in found:
                await self.forget(owner, key)
        return len(found)

    def _is(self, owner: UUID, key: str) -> list[ColumnElement[bool]]:
        return [self._c.owner == owner, self._c.key == key]


class SearchIndex:
    """What search reads."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def replace(self, user: User, professional: Professional) -> None:
        """One row a trade, and one for any, while he may be found."""
        table, trade = t.SEARCH.table, t.TRADES.table.c
        with translated():
            await self._connection.execute(delete(table).where(table.c.professional_id == user.id))
            named = await self._connection.execute(select(trade.id, trade.name))
            rows = rows_of(user, professional, dict(named.tuples().all()))
            if rows:
                await self._connection.execute(insert(table), list(map(t.SEARCH.values, rows)))
