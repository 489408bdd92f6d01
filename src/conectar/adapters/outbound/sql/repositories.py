"""The repositories, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningDelete

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.connection import Connection
from conectar.adapters.outbound.sql.dialect import count_up, insert_missing, lock, upsert
from conectar.adapters.outbound.sql.mapping import Entity
from conectar.adapters.outbound.sql.statements import KEY, adding, by_key, replacing
from conectar.application.ports.keys import StoredAnswer
from conectar.application.ports.turns import Turn
from conectar.application.search_rows import rows_of
from conectar.application.versions import part_of, touched
from conectar.domain.jobs.dispute import Evidence
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import FINAL_JOBS
from conectar.domain.kernel.ids import DisputeId, JobId, UserId
from conectar.domain.notices.notice import Notice, Preferences
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.offer import Offer
from conectar.domain.offers.service import Service
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.professional import Point, Professional
from conectar.domain.people.regret import Regret
from conectar.domain.people.session import Session
from conectar.domain.people.user import User
from conectar.domain.reviews.review import Review

T = TypeVar("T")
K = TypeVar("K")


class Repository(Generic[T, K]):
    """Find, add and save values of one table, by its primary key."""

    def __init__(self, connection: Connection, entity: Entity[T]) -> None:
        self._connection = connection
        self._entity = entity
        self._table = entity.table

    async def find(self, key: K) -> T | None:
        """The value under a key, locked until the unit ends."""
        return await self._under(key, locked=True)

    async def peek(self, key: K) -> T | None:
        """The value under a key as it is now."""
        return await self._under(key, locked=False)

    async def add(self, item: T) -> None:
        """A new value. Raises the rule of a uniqueness it breaks."""
        await self._connection.change(adding(self._table), self._entity.values(item))

    async def save(self, item: T) -> None:
        """Replaces a value that is there."""
        row, primary = self._entity.values(item), self._entity.primary
        keys = {KEY + name: row.pop(name) for name in primary}
        saved = await self._connection.change(replacing(self._table, *primary), row | keys)
        assert saved == 1, "only what was found is saved"

    async def _delete(self, *where: ColumnElement[bool]) -> int:
        return await self._connection.change(delete(self._table).where(*where))

    async def _under(self, key: K, *, locked: bool) -> T | None:
        row = await self._connection.row(by_key(self._entity, locked=locked), {KEY: key})
        return self._entity.read(row) if row else None

    def _select(self, *where: ColumnElement[bool]) -> Select[Any]:
        return lock(select(self._table).where(*where))

    async def _one(self, *where: ColumnElement[bool]) -> T | None:
        row = await self._connection.row(self._select(*where))
        return self._entity.read(row) if row else None

    async def _all(self, query: Select[Any]) -> list[T]:
        return [self._entity.read(row) for row in await self._connection.rows(query)]


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

    async def forget_ended(self, before: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        c = self._table.c
        ended = select(c.id).where(or_(c.ended_at < before, c.expires_at < before)).limit(limit)
        return await self._delete(c.id.in_(ended))

    async def forget_of(self, user: UserId) -> None:
        """Drops all of a person."""
        await self._delete(self._table.c.user_id == user)


class KycSubmissions(Repository[KycSubmission, UUID]):
    """Proofs of identity, as they were shown."""

    async def newest_of(self, professional: UserId) -> KycSubmission | None:
        """What he showed last."""
        shown = await self._of(professional)
        return shown[-1] if shown else None

    async def erase_of(self, professional: UserId) -> Sequence[str]:
        """Drops them; answers the keys of their files."""
        shown = await self._of(professional)
        await self._delete(self._table.c.professional_id == professional)
        return [document.key for one in shown for document in one.documents]

    async def _of(self, professional: UserId) -> list[KycSubmission]:
        c = self._table.c
        query = select(self._table).where(c.professional_id == professional)
        return await self._all(query.order_by(c.submitted_at))


class Offers(Repository[Offer, UUID]):
    """Offers."""

    async def pending_of(self, user: UserId) -> Sequence[Offer]:
        """Those of a party that nobody answered, oldest first."""
        c = self._table.c
        mine = or_(c.client_id == user, c.professional_id == user)
        pending = t.is_(c.status, OfferStatus.PENDING)
        return await self._all(self._select(mine, pending).order_by(c.id))


class Jobs(Repository[Job, UUID]):
    """Jobs."""

    async def open_of(self, user: UserId) -> Sequence[Job]:
        """Those of a party that have not ended, oldest first."""
        c = self._table.c
        mine = or_(c.client_id == user, c.professional_id == user)
        return await self._all(self._select(mine, ~t.is_(c.status, *FINAL_JOBS)).order_by(c.id))


class EvidenceFiles(Repository[Evidence, UUID]):
    """What was shown in disputes."""

    async def count_of(self, dispute: DisputeId) -> int:
        """How many."""
        of = self._table.c.dispute_id == dispute
        query = select(func.count()).select_from(self._table).where(of)
        return int(await self._connection.cell(query))


class Reviews(Repository[Review, UUID]):
    """What clients said."""

    async def of_job(self, job: JobId) -> Review | None:
        """What was said of one."""
        row = await self._connection.row(_review_of_job(), {KEY: job})
        return self._entity.read(row) if row else None


class Services(Repository[Service, UUID]):
    """Instant services."""

    async def active_of(self, professional: UserId) -> Sequence[Service]:
        """Those of one that can be hired."""
        c = self._table.c
        mine = self._select(c.professional_id == professional, c.active)
        return await self._all(mine.order_by(c.id))


class Notices(Repository[Notice, UUID]):
    """What people were told."""

    async def unread_of(self, user: UserId) -> Sequence[Notice]:
        """Not seen yet."""
        c = self._table.c
        return await self._all(self._select(c.user_id == user, c.read_at.is_(None)).order_by(c.id))

    async def forget_of(self, user: UserId) -> None:
        """Drops all of a person."""
        await self._delete(self._table.c.user_id == user)


class Regrets(Repository[Regret, str]):
    """Who regretted."""

    async def of_email(self, email: str) -> Sequence[Regret]:
        """Those of one address."""
        c = self._table.c
        return await self._all(self._select(c.email == email).order_by(c.id))


class AllPreferences(Repository[Preferences, UserId]):
    """How people want to be told."""

    async def put(self, item: Preferences) -> None:
        """Adds or replaces."""
        await upsert(self._connection, self._table, self._entity.values(item))


class Keys:
    """Idempotency keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._c = t.KEYS.table.c

    async def claim(self, item: StoredAnswer) -> StoredAnswer | None:
        """Takes an unused key, or answers what it holds."""
        taken = await insert_missing(self._connection, t.KEYS.table, t.KEYS.values(item))
        return None if taken else await self.find(item.owner, item.key)

    async def find(self, owner: UUID, key: str) -> StoredAnswer | None:
        """What the key holds."""
        query = lock(select(t.KEYS.table).where(*self._is(owner, key)))
        row = await self._connection.row(query)
        return t.KEYS.read(row) if row else None

    async def save(self, item: StoredAnswer) -> None:
        """Replaces what a claimed key holds."""
        row = t.KEYS.values(item)
        keys = {KEY + name: row.pop(name) for name in t.KEYS.primary}
        change = replacing(t.KEYS.table, *t.KEYS.primary)
        saved = await self._connection.change(change, row | keys)
        assert saved == 1, "only what was claimed is saved"

    async def forget(self, owner: UUID, key: str) -> None:
        """As if it had never been used."""
        await self._connection.change(delete(t.KEYS.table).where(*self._is(owner, key)))

    async def forget_older(self, than: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        c = self._c
        old = select(c.owner, c.key).where(c.created_at < than).limit(limit)
        these = tuple_(c.owner, c.key).in_(old)
        return await self._connection.change(delete(t.KEYS.table).where(these))

    def _is(self, owner: UUID, key: str) -> list[ColumnElement[bool]]:
        return [self._c.owner == owner, self._c.key == key]


class Turns:
    """What one program at a time does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take(self, turn: Turn, at: datetime) -> bool:
        """Takes a free one, or its own."""
        row, c = t.TURNS.values(turn), t.TURNS.table.c
        free = or_(c.until <= at, c.holder == turn.holder)
        again = update(t.TURNS.table).where(c.name == turn.name, free).values(row)
        if await insert_missing(self._connection, t.TURNS.table, row):
            return True
        return await self._connection.change(again) == 1


class SearchIndex:
    """What search reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def replace(self, user: User, professional: Professional) -> None:
        """One row a trade, and one for any, while he may be found."""
        was = await self._connection.rows(_unlisted(), {KEY: user.id})
        places = [Point(*place) for place in was]
        named = await self._connection.rows(_names())
        rows = rows_of(user, professional, dict(named))  # type: ignore[arg-type]
        if rows:
            listed = list(map(t.SEARCH.values, rows))
            await self._connection.change_each(adding(t.SEARCH.table), listed)
        topics = touched(user.id, [*places, *(row.location for row in rows)])
        part = part_of(user.id)
        counted = [{"topic": topic, "part": part, "version": 1} for topic in topics]
        await count_up(self._connection, t.VERSIONS, "version", counted)


@cache
def _review_of_job() -> Select[Any]:
    table = t.REVIEWS.table
    return lock(select(table).where(table.c.job_id == bindparam(KEY)))


@cache
def _unlisted() -> ReturningDelete[Any]:
    """Takes a person out of what search reads, and answers where he was."""
    c = t.SEARCH.table.c
    gone = delete(t.SEARCH.table).where(c.professional_id == bindparam(KEY))
    return gone.returning(c.latitude, c.longitude)


@cache
def _names() -> Select[Any]:
    trade = t.TRADES.table.c
    return select(trade.id, trade.name)
