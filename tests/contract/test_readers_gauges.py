"""What somebody may have to be woken for, from states of money and work on each storage."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from conectar.application.ports.gauges import Gauges
from conectar.application.ports.unit_of_work import Store, UnitOfWork
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.ids import SessionId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.payment import Flag
from conectar.domain.payments.refund import RefundStatus
from conectar.domain.people.session import Session
from conectar.domain.people.user import User
from tests.contract import values as v
from tests.contract.test_ledger import posting
from tests.contract.test_outbox import heard

MINUTE = timedelta(minutes=1)
NOTHING = dict.fromkeys(Gauges.__dataclass_fields__, 0)


@pytest.fixture
async def calm(store: Store) -> Store:
    """A store in which everything that made the house was reacted to."""
    async with store.unit() as uow:
        for made in await uow.outbox.claim(v.T0 + v.DAY, v.T0 + v.DAY, 100):
            await uow.outbox.done(made.event_id, made.reaction, v.T0)
        await uow.commit()
    return store


async def differ(store: Store, **expected: Any) -> None:
    """All figures a day after T0; those that are not named are zero."""
    async with store.reading() as read:
        assert asdict(await read.gauges(v.T0 + v.DAY)) == NOTHING | expected


def session(of: User, **changes: Any) -> Session:
    made = Session(
        id=SessionId(uuid4()),
        user_id=of.id,
        device="x",
        generation=1,
        created_at=v.T0,
        last_used_at=v.T0 + v.DAY,
        expires_at=v.T0 + v.DAY * 2,
    )
    return replace(made, **changes)


async def test_an_empty_house_is_at_rest(calm: Store) -> None:
    await differ(calm)


async def test_people_are_here_for_a_quarter_of_an_hour(calm: Store) -> None:
    now = v.T0 + v.DAY
    async with calm.unit() as uow:
        here, late, out, old = [v.user() for _ in range(4)]
        for one in (here, late, out, old):
            await uow.users.add(one)
        for one in (
            session(here),
            session(here, last_used_at=now - 15 * MINUTE),
            session(late, last_used_at=now - 15 * MINUTE - timedelta(seconds=1)),
            session(out, ended_at=now),
            session(old, expires_at=now),
        ):
            await uow.sessions.add(one)
        await uow.commit()
    await differ(calm, active_users=1)


async def test_jobs_that_are_worked_on(calm: Store) -> None:
    async with calm.unit() as uow:
        for status in JobStatus:
            job = (await v.cast(uow)).job
            await uow.jobs.save(replace(job, status=status))
        await uow.commit()
    await differ(calm, jobs_in_progress=1)


async def test_an_event_waits_from_when_it_happened_until_it_is_dead(calm: Store) -> None:
    async with calm.unit() as uow:
        await uow.outbox.record(heard(1))
        await uow.commit()
    await differ(calm, oldest_delivery_seconds=86400)
    async with calm.unit() as uow:
        (delivery,) = await uow.outbox.claim(v.T0, v.T0 + v.DAY * 3, 10)
        await uow.commit()
    await differ(calm, oldest_delivery_seconds=86400)
    async with calm.unit() as uow:
        await uow.outbox.failed(delivery.event_id, delivery.reaction, "Oops", None)
        await uow.commit()
    await differ(calm, dead_deliveries=1)
    async with calm.unit() as uow:
        await uow.outbox.done(delivery.event_id, delivery.reaction, v.T0)
        await uow.commit()
    await differ(calm)


async def test_refunds_nobody_knows_of_and_those_that_wait_for_a_person(calm: Store) -> None:
    async with calm.unit() as uow:
        for n, status in enumerate((*RefundStatus, RefundStatus.UNKNOWN)):
            made = v.refund((await v.cast(uow)).payment, status=status)
            await uow.refunds.add(replace(made, created_at=v.T0 + n * MINUTE))
        await uow.commit()
    first = list(RefundStatus).index(RefundStatus.UNKNOWN)
    await differ(
        calm,
        unknown_refunds=2,
        oldest_unknown_refund_seconds=86400 - 60 * first,
        manual_refunds=1,
    )


async def test_payments_that_wait_for_a_person(calm: Store) -> None:
    async with calm.unit() as uow:
        casts = [await v.cast(uow) for _ in range(3)]
        for c in casts[:2]:
            await uow.payments.save(replace(c.payment, flag=Flag.NO_ROW))
        await uow.commit()
    await differ(calm, flagged_payments=2)


async def park(uow: UnitOfWork, ref: str, cents: int) -> None:
    legs = ledger.post(((ledger.BANK, Money(cents)),), ((ledger.SUSPENSE, Money(cents)),))
    await uow.ledger.post(posting(ref, legs))


async def test_money_that_funds_nothing_is_what_the_account_holds(calm: Store) -> None:
    async with calm.unit() as uow:
        c = await v.cast(uow)
        funded = postings.funded(c.job.id, Money(700))
        await uow.ledger.post(posting("funded", funded, c.job.id, c.payment.id))
        await park(uow, "parked", 500)
        back = ledger.post(((ledger.SUSPENSE, Money(80)),), ((ledger.BANK, Money(80)),))
        await uow.ledger.post(posting("back", back))
        await uow.commit()
    await differ(calm, suspense_cents=420)
