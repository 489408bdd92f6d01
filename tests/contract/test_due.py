"""What the clock has to look at: only what waits, only when it is time, oldest first."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from conectar.application.ports.readers import Readers
from conectar.application.ports.unit_of_work import Store, UnitOfWork
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.checkout import CheckoutStatus
from conectar.domain.payments.payment import Verdict
from conectar.domain.payments.refund import OUTSTANDING, RefundStatus
from tests.contract import values as v

MINUTE = timedelta(minutes=1)
AT = v.T0 + 400 * v.DAY


async def an_offer(uow: UnitOfWork, at: datetime | None, waits: bool, n: int) -> Any:
    assert at is not None
    c = await _cast(uow)
    ended = sorted(set(OfferStatus) - {OfferStatus.PENDING}, key=lambda s: s.value)
    status = OfferStatus.PENDING if waits else ended[n % len(ended)]
    await uow.offers.save(replace(c.offer, expires_at=at, status=status))
    return c.offer.id


async def a_job(uow: UnitOfWork, at: datetime | None, waits: bool, n: int) -> Any:
    c = await _cast(uow)
    await uow.jobs.save(replace(c.job, deadline_at=at if waits else None))
    return c.job.id


async def a_checkout(uow: UnitOfWork, at: datetime | None, waits: bool, n: int) -> Any:
    c = await _cast(uow)
    status = sorted(CheckoutStatus, key=lambda s: s.value)[n % 3]  # late payments happen to all
    await uow.checkouts.save(replace(c.checkout, check_at=at if waits else None, status=status))
    return c.checkout.id


async def a_release(uow: UnitOfWork, at: datetime | None, waits: bool, n: int) -> Any:
    c = await _cast(uow)
    ours = (Verdict.FUNDS, Verdict.RETURNS)[n % 2]
    others = (Verdict.OPEN, Verdict.FOREIGN, Verdict.RETURNS_UNPOSTED, ours)[n % 4]
    paid = replace(c.payment, ask_release_at=at, verdict=ours if waits else others)
    await uow.payments.save(replace(paid, released=not waits and others is ours))
    return c.payment.id


async def a_refund(uow: UnitOfWork, at: datetime | None, waits: bool, n: int) -> Any:
    c = await _cast(uow)
    out = sorted(OUTSTANDING if waits else set(RefundStatus) - OUTSTANDING, key=lambda s: s.value)
    refund = v.refund(c.payment, next_at=at, status=out[n % len(out)])
    await uow.refunds.add(refund)
    return refund.id


async def an_offer_reminder(uow: UnitOfWork, at: datetime | None, waits: bool, n: int) -> Any:
    c = await _cast(uow)
    await uow.offers.save(replace(c.offer, remind_at=at if waits else None))
    return c.offer.id


async def a_job_reminder(uow: UnitOfWork, at: datetime | None, waits: bool, n: int) -> Any:
    c = await _cast(uow)
    await uow.jobs.save(replace(c.job, remind_at=at if waits else None))
    return c.job.id


async def _cast(uow: UnitOfWork) -> v.Cast:
    """One whose own things wait for nothing, so that only what a test sets is due."""
    c = await v.cast(uow)
    c = c._replace(
        offer=replace(c.offer, status=OfferStatus.ACCEPTED, remind_at=None),
        job=replace(c.job, deadline_at=None, remind_at=None),
        checkout=replace(c.checkout, check_at=None),
    )
    await uow.offers.save(c.offer)
    await uow.jobs.save(c.job)
    await uow.checkouts.save(c.checkout)
    return c


class Kind(NamedTuple):
    """One question of the clock."""

    make: Callable[[UnitOfWork, datetime | None, bool, int], Awaitable[Any]]
    ask: Callable[[Readers, datetime, int], Awaitable[Sequence[Any]]]


KINDS = {
    "offers": Kind(an_offer, lambda r, at, n: r.due_offers(at, n)),
    "jobs": Kind(a_job, lambda r, at, n: r.due_jobs(at, n)),
    "checkouts": Kind(a_checkout, lambda r, at, n: r.due_checkouts(at, n)),
    "releases": Kind(a_release, lambda r, at, n: r.due_releases(at, n)),
    "refunds": Kind(a_refund, lambda r, at, n: r.due_refunds(at, n)),
    "offer reminders": Kind(an_offer_reminder, lambda r, at, n: r.due_offer_reminders(at, n)),
    "job reminders": Kind(a_job_reminder, lambda r, at, n: r.due_job_reminders(at, n)),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_only_what_waits_is_due_when_it_is_time_oldest_first(
    store: Store, kind: Kind
) -> None:
    moments = [AT, AT - 3 * MINUTE, AT - MINUTE, AT - 3 * MINUTE, AT + MINUTE]
    async with store.unit() as uow:
        waiting = [(m, await kind.make(uow, m, True, n)) for n, m in enumerate(moments)]
        for n in range(4):
            await kind.make(uow, AT - MINUTE, False, n)
        if kind.make is not an_offer:
            await kind.make(uow, None, True, 0)
        await uow.commit()
    expected = [id for moment, id in sorted(waiting) if moment <= AT]
    async with store.reading() as read:
        assert list(await kind.ask(read, AT, 100)) == expected
        assert list(await kind.ask(read, AT, 2)) == expected[:2]
        assert list(await kind.ask(read, AT - 4 * MINUTE, 100)) == []
        assert len(await kind.ask(read, AT + MINUTE, 100)) == len(moments)
