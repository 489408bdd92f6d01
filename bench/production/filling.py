"""Fills our database: people who can be found, parties who deal with each other, pending offers to
accept, jobs to list. Rows are copied in, made from the domain's own values.

Ids of parties and offers are numbered, so that pgbench and wrk can name them: a prefix and twelve
decimal digits.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Table
from sqlalchemy.ext.asyncio import AsyncEngine
from tools.seed import EPOCH

from bench.production.places import residents
from bench.production.servers import Ground
from conectar.adapters.codec import JsonCodec
from conectar.adapters.outbound.security.tokens import JwtTokens
from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.engine import migrating_engine
from conectar.adapters.vocabulary.codes import code
from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.people.seed_trades import SeedTrades
from conectar.application.ports.security import AccessClaims
from conectar.application.search_rows import rows_of
from conectar.bootstrap.library import execute_alone
from conectar.bootstrap.settings import Settings
from conectar.domain.jobs.job import Job, begin
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.events import Moved
from conectar.domain.kernel.ids import JobId, OfferId, SessionId, UserId
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.offers.limits import OfferLimits
from conectar.domain.offers.offer import Offer, propose
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import Professional, newcomer
from conectar.domain.people.session import Session
from conectar.domain.people.user import User

PARTIES = 1000
"""So many clients and so many professionals, each with one session: offer number n is between
those numbered n modulo this."""
LISTERS, LISTED = PARTIES, 25
"""So many of the clients have so many jobs each."""
BATCH = 10_000
DESCRIPTION = "Cambiar la canilla de la cocina y revisar la conexión del termotanque"
PRICE = Money(15_000_50)
KINDS = {
    "client": "0190a0c1e0007000800c",
    "professional": "0190a0c1e0007000800d",
    "session": "0190a0c1e0007000800e",
    "offer": "0190a0c1e0007000800f",
    "done": "0190a0c1e00070008010",
    "job": "0190a0c1e00070008011",
    "event": "0190a0c1e00070008012",
}


def numbered(kind: str, number: int) -> UUID:
    """The id of one of KINDS."""
    return UUID(f"{KINDS[kind]}{number:012d}")


def party(role: Role, number: int) -> UserId:
    """A party's id."""
    return UserId(numbered("client" if role is Role.CLIENT else "professional", number % PARTIES))


def session(role: Role, number: int) -> SessionId:
    """His session's id."""
    return SessionId(numbered("session", number % PARTIES + PARTIES * (role is Role.CLIENT)))


def tokens(on: Ground, role: Role) -> list[str]:
    """An access token for every party of a role, good for a day."""
    signer, now = JwtTokens((on.secret,)), datetime.now(UTC)
    return [
        signer.access(AccessClaims(party(role, n), session(role, n), 1), now, timedelta(days=1))
        for n in range(PARTIES)
    ]


# -- our database ------------------------------------------------------------------------------


async def fill(on: Ground, url: str, people: int, factor: float = 1.0) -> None:
    """The trades, and so many professionals who can be found."""
    where = {"database_url": url, "migrations_url": on.databases.owners(url)}
    chosen = Settings(data_dir=on.folder / "filling", secret_key=(on.secret,), **where)
    await execute_alone(chosen, SeedTrades(trades=TRADES))
    left = residents(people, factor)
    async with _copying(on, url) as copy:
        rows = await asyncio.to_thread(_batch, left)
        while rows:
            ahead = asyncio.create_task(asyncio.to_thread(_batch, left))
            for table, some in rows:
                await copy(table, some)
            rows = await ahead


def _batch(left: Iterator[tuple[User, Professional]]) -> list[tuple[Table, list[dict[str, Any]]]]:
    """The rows of the next people, table by table; nothing when all were made."""
    some = list(islice(left, BATCH))
    names = {trade.id: trade.name for trade in TRADES}
    found = chain.from_iterable(rows_of(*one, names) for one in some)
    rows = [
        (t.USERS.table, [t.USERS.values(user) for user, _ in some]),
        (t.PROFESSIONALS.table, [t.PROFESSIONALS.values(one) for _, one in some]),
        (t.SEARCH.table, list(map(t.SEARCH.values, found))),
    ]
    return rows if some else []


async def fill_work(on: Ground, url: str, offers: int) -> None:
    """Parties with sessions, pending offers, and jobs that some of the clients can list."""
    now = datetime.now(UTC)
    async with _copying(on, url) as copy:
        both = [person for role in (Role.CLIENT, Role.PROFESSIONAL) for person in _parties(role)]
        await copy(t.USERS.table, map(t.USERS.values, both))
        await copy(t.PROFESSIONALS.table, map(t.PROFESSIONALS.values, _professionals()))
        await copy(t.SESSIONS.table, (t.SESSIONS.values(_session(one, now)) for one in _actors()))
        for start in range(0, offers, BATCH):
            some = [_proposed("offer", n, now) for n in range(start, min(start + BATCH, offers))]
            await copy(t.OFFERS.table, (t.OFFERS.values(offer) for offer, _ in some))
            await copy(t.TIMELINE, (_step(event) for _, event in some))
        await _fill_jobs(copy, JsonCodec(on.secret), now)


async def _fill_jobs(copy: Any, codec: JsonCodec, now: datetime) -> None:
    """Events and timelines first: a job without them is refused."""
    made = [_begun(n, now - timedelta(seconds=n % LISTED)) for n in range(LISTERS * LISTED)]
    await copy(t.OFFERS.table, (t.OFFERS.values(offer) for offer, _, _ in made))
    await copy(t.OUTBOX, (_told(n, one[2], codec) for n, one in enumerate(made)))
    await copy(t.TIMELINE, (_step(event) for _, _, event in made))
    await copy(t.JOBS.table, (t.JOBS.values(job) for _, job, _ in made))


def _parties(role: Role) -> Iterator[User]:
    for number in range(PARTIES):
        yield User(
            id=party(role, number),
            email=f"{role.value}{number}@bench.test",
            password_hash="!",
            first_name=f"Nombre{number % 97}",
            last_name=f"Apellido{number % 89}",
            role=role,
            phone=None,
            active=True,
            email_verified=True,
            created_at=EPOCH,
        )


def _professionals() -> Iterator[Professional]:
    for number in range(PARTIES):
        id = party(Role.PROFESSIONAL, number)
        known = {"reviews": 20, "rating_sum": 90, "trades": (TRADES[number % len(TRADES)].id,)}
        yield replace(newcomer(id, str(id)), kyc=KycStatus.APPROVED, **known)


def _actors() -> Iterator[tuple[Role, int]]:
    return ((role, n) for role in (Role.CLIENT, Role.PROFESSIONAL) for n in range(PARTIES))


def _session(whose: tuple[Role, int], now: datetime) -> Session:
    times = {"created_at": now, "last_used_at": now, "expires_at": now + timedelta(days=30)}
    id = session(*whose)
    return Session(id=id, user_id=party(*whose), device="bench", generation=1, **times)


def _proposed(kind: str, number: int, at: datetime) -> tuple[Offer, Moved]:
    client, professional = party(Role.CLIENT, number), party(Role.PROFESSIONAL, number)
    offer, events = propose(
        id=OfferId(numbered(kind, number)),
        client_id=client,
        professional_id=professional,
        description=DESCRIPTION,
        amount=PRICE,
        valid_days=30,
        by=Actor(Role.CLIENT, client),
        at=at,
        limits=OfferLimits(),
    )
    return offer, events[0]


def _begun(number: int, at: datetime) -> tuple[Offer, Job, Moved]:
    """The job of a lister, each with another professional."""
    client = party(Role.CLIENT, number // LISTED)
    offer, _ = _proposed("done", number, at)
    offer = replace(offer, client_id=client)
    by = Actor(Role.PROFESSIONAL, offer.professional_id)
    offer, _ = offer.accept(by=by, at=at, seen=None)
    job, events = begin(
        id=JobId(numbered("job", number)),
        offer_id=offer.id,
        client_id=client,
        professional_id=offer.professional_id,
        description=DESCRIPTION,
        price=PRICE,
        rate=Rate(1500),
        by=by,
        at=at,
        terms=Terms(),
    )
    moved = events[0]
    assert isinstance(moved, Moved)
    return offer, job, moved


def _step(event: Moved) -> dict[str, Any]:
    before, status, escrow = event.states
    return {
        "subject_id": event.subject_id,
        "version": event.version,
        "before": code(before) if before else None,
        "status": code(status),
        "escrow": code(escrow) if escrow else None,
        "actor": event.actor.user_id,
        "actor_role": code(event.actor.role),
        "reason": event.reason,
        "at": event.at,
    }


def _told(number: int, event: Moved, codec: JsonCodec) -> dict[str, Any]:
    name, payload = codec.encode_event(event)
    row = {"id": numbered("event", number), "name": name, "payload": payload, "at": event.at}
    return row | {"subject_id": event.subject_id, "version": event.version}


# -- copying -----------------------------------------------------------------------------------


class _copying:  # noqa: N801  (it is used as a function)
    """Copies rows into the tables of one database, as its owner."""

    def __init__(self, on: Ground, url: str) -> None:
        self._engine: AsyncEngine = migrating_engine(on.owner(url))

    async def __aenter__(self) -> Callable[[Table, Iterable[Mapping[str, Any]]], Any]:
        self._connection = await self._engine.connect()
        raw: Any = await self._connection.get_raw_connection()
        driver = raw.driver_connection

        async def copy(table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
            given = list(rows)
            columns = [c for c in table.columns if c.key in given[0]]
            cells = [_column([row[c.key] for row in given], c) for c in columns]
            await driver.copy_records_to_table(
                table.name, records=zip(*cells, strict=True), columns=[c.name for c in columns]
            )

        return copy

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()
        await self._engine.dispose()


def _column(cells: list[Any], column: Column[Any]) -> list[Any]:
    return list(map(json.dumps, cells)) if isinstance(column.type, JSON) else cells


def filled(on: Ground, people: int, offers: int = 0) -> None:
    """Our database, ready to be measured."""

    async def both() -> None:
        await fill(on, on.ours, people)
        await fill_work(on, on.ours, offers)

    asyncio.run(both())
    on.vacuum(on.ours)
