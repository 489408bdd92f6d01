"""Jobs that were really approved, as the triggers want them: copied in at their start, with every
event and every row of their timelines, and moved step by step to the release of their money.

What the ledger would say of them is not there; no trigger and no reaction asks for it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bench.production.filling import DESCRIPTION, PARTIES, PRICE, _copying, _proposed, _step, party
from bench.production.places import residents
from bench.production.servers import Ground
from conectar.adapters.codec import JsonCodec
from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.engine import migrating_engine
from conectar.adapters.outbound.sql.statements import KEY, replacing
from conectar.adapters.outbound.system.ids import UuidIds
from conectar.domain.jobs.events import EscrowReleased
from conectar.domain.jobs.job import Job, begin
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.events import Event, Moved
from conectar.domain.kernel.ids import JobId, OfferId, UserId
from conectar.domain.kernel.money import Rate
from conectar.domain.notices.notice import Preferences
from conectar.domain.offers.offer import Offer

AGO = timedelta(days=2)
TICK = timedelta(milliseconds=1)


class Life(NamedTuple):
    """A job at each of its steps, and what each told."""

    offer: Offer
    steps: tuple[Job, ...]
    moves: tuple[Moved, ...]
    released: EscrowReleased


class Approved:
    """Makes them, each another's: the next is of the next professional who can be found."""

    def __init__(self, on: Ground, people: int) -> None:
        self._on = on
        self._found = [user.id for user, _ in residents(people)]
        self._ids, self._codec, self._next = UuidIds(), JsonCodec(on.secret), count()

    async def silence(self) -> None:
        """Nobody of them wants mail: there is no mail server."""
        quiet = {"email_jobs": False, "email_payments": False}
        async with _copying(self._on, self._on.ours) as copy:
            wishes = (Preferences(user_id=id, **quiet) for id in self._found)
            await copy(t.PREFERENCES.table, map(t.PREFERENCES.values, wishes))

    async def add(self, many: int, reaction: str | None = None) -> list[EscrowReleased]:
        """So many more; with a reaction, a due delivery of it for each release, and nothing else
        in the outbox is due."""
        lives = [self._life(next(self._next)) for _ in range(many)]
        engine = migrating_engine(self._on.owner(self._on.ours))
        try:
            async with engine.begin() as connection:
                await connection.execute(t.DELIVERIES.delete())
            async with _copying(self._on, self._on.ours) as copy:
                await copy(t.OFFERS.table, (t.OFFERS.values(life.offer) for life in lives))
                moves = [move for life in lives for move in life.moves]
                await copy(t.OUTBOX, map(self._told, moves))
                await copy(t.TIMELINE, map(_step, moves))
                await copy(t.JOBS.table, (t.JOBS.values(life.steps[0]) for life in lives))
            async with engine.begin() as connection:
                await _move(connection, lives)
            released = [life.released for life in lives]
            if reaction:
                await self._await(released, reaction)
        finally:
            await engine.dispose()
        self._on.vacuum(self._on.ours)
        return released

    async def _await(self, events: list[EscrowReleased], reaction: str) -> None:
        told = list(map(self._told, events))
        due = [
            {"event_id": row["id"], "reaction": reaction, "next_at": row["at"], "attempts": 0}
            for row in told
        ]
        async with _copying(self._on, self._on.ours) as copy:
            await copy(t.OUTBOX, told)
            await copy(t.DELIVERIES, due)

    def _life(self, number: int) -> Life:
        professional = self._found[number % len(self._found)]
        at = datetime.now(UTC) - AGO + number * TICK
        offer, _ = _proposed("offer", number, at)
        offer = replace(offer, id=OfferId(self._ids.new()), professional_id=professional)
        offer, _ = offer.accept(by=Actor(Role.PROFESSIONAL, professional), at=at, seen=None)
        return _lived(offer, JobId(self._ids.new()), party(Role.CLIENT, number % PARTIES), at)

    def _told(self, event: Event) -> dict[str, Any]:
        name, payload = self._codec.encode_event(event)
        step = event if isinstance(event, Moved) else None
        return {
            "id": self._ids.new(),
            "name": name,
            "payload": payload,
            "at": event.at,
            "subject_id": step and step.subject_id,
            "version": step and step.version,
        }


def _lived(offer: Offer, id: JobId, client: UserId, at: datetime) -> Life:
    """Begun, paid, completed, approved, by the domain's own rules."""
    by, professional = Actor(Role.CLIENT, client), Actor(Role.PROFESSIONAL, offer.professional_id)
    begun = begin(
        id=id,
        offer_id=offer.id,
        client_id=client,
        professional_id=offer.professional_id,
        description=DESCRIPTION,
        price=PRICE,
        rate=Rate(1500),
        by=professional,
        at=at,
        terms=Terms(),
    )
    paid = begun.job.confirm_payment(at=at)
    completed = paid.job.complete(by=professional, at=at, notes=None)
    approved = completed.job.approve(by=by, at=at)
    *_, released = approved.events
    assert isinstance(released, EscrowReleased)
    decisions = (begun, paid, completed, approved)
    moves = [event for one in decisions for event in one.events if isinstance(event, Moved)]
    return Life(offer, tuple(one.job for one in decisions), tuple(moves), released)


async def _move(connection: AsyncConnection, lives: list[Life]) -> None:
    for rows in zip(*map(_changes, lives), strict=True):
        await connection.execute(replacing(t.JOBS.table, "id"), list(rows))


def _changes(life: Life) -> Iterator[dict[str, Any]]:
    for _, job in pairwise(life.steps):
        row = t.JOBS.values(job)
        yield row | {KEY + "id": row.pop("id")}
