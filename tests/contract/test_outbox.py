"""The outbox: events, deliveries with leases, and timelines without gaps."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from conectar.application.message import Page
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.telemetry_context import CORRELATION_ID, TRACE_PARENT
from conectar.application.ports.unit_of_work import Store
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import CLOCK, Role
from conectar.domain.kernel.ids import EventId, PaymentId, UserId
from conectar.domain.offers.events import OfferCreated, OfferMoved, OfferRejected, OfferStatus
from conectar.domain.offers.offer import Offer
from conectar.domain.payments.payment import Flag, NoticeReceived, PaymentFlagged
from conectar.domain.people.user import PasswordResetRequested, UserRegistered
from tests.contract import values as v

SECOND = timedelta(seconds=1)
UNTIL = v.T0 + 60 * SECOND


def heard(number: int, at: datetime = v.T0) -> NoticeReceived:
    """An event with one reaction."""
    return NoticeReceived(at=at, notice_id=f"ñ-{number}", payment_id=PaymentId(str(number)))


@pytest.fixture
async def store(store: Store) -> Store:
    """One whose outbox is empty: the house's own first events are settled and forgotten."""
    async with store.unit() as uow:
        for d in await uow.outbox.claim(v.T0, UNTIL, 100):
            await uow.outbox.done(d.event_id, d.reaction, v.T0)
        await uow.outbox.forget_settled(v.T0 + SECOND, 100)
        await uow.commit()
    return store


async def record(store: Store, *events: object) -> None:
    """Events of one unit."""
    async with store.unit() as uow:
        await uow.outbox.record(*events)  # type: ignore[arg-type]
        await uow.commit()


async def claim(store: Store, at: datetime, limit: int = 100) -> list[Delivery]:
    """What is due, for a minute."""
    async with store.unit() as uow:
        claimed = list(await uow.outbox.claim(at, at + 60 * SECOND, limit))
        await uow.commit()
    return claimed


async def test_only_events_with_reactions_are_delivered_each_once(store: Store) -> None:
    reset = PasswordResetRequested(at=v.T0, user_id=UserId(uuid4()), reset_id="r")
    quiet = PaymentFlagged(
        at=v.T0, payment_id=PaymentId("1"), job_id=None, client_id=None, flag=Flag.FOREIGN
    )
    await record(store, quiet, heard(1), reset)
    claimed = await claim(store, v.T0)
    assert {(d.reaction, d.event, d.attempts) for d in claimed} == {
        ("check_payment", heard(1), 0),
        ("mail_password_reset", reset, 0),
    }
    assert await claim(store, v.T0) == []


async def test_a_claim_is_a_lease_and_no_failure(store: Store) -> None:
    await record(store, heard(1))
    (first,) = await claim(store, v.T0)
    assert await claim(store, UNTIL - SECOND) == []
    (again,) = await claim(store, UNTIL)
    assert again == first


async def test_nothing_is_due_before_it_happened(store: Store) -> None:
    await record(store, heard(1, v.T0 + SECOND))
    assert await claim(store, v.T0) == []
    assert len(await claim(store, v.T0 + SECOND)) == 1


async def test_claims_come_oldest_first_and_no_more_than_asked(store: Store) -> None:
    late, early = v.T0 + SECOND, v.T0
    await record(store, heard(1, late), heard(2, early), heard(3, early), heard(4, late))
    numbers = []
    for _ in range(3):
        batch = await claim(store, late, limit=2)
        numbers.append([d.event.notice_id for d in batch])  # type: ignore[attr-defined]
    assert numbers == [["ñ-2", "ñ-3"], ["ñ-1", "ñ-4"], []]


async def test_what_is_done_never_comes_again(store: Store) -> None:
    await record(store, heard(1), heard(2))
    first, second = await claim(store, v.T0)
    async with store.unit() as uow:
        assert await uow.outbox.pending(first.event_id, first.reaction)
        await uow.outbox.done(first.event_id, first.reaction, v.T0)
        assert not await uow.outbox.pending(first.event_id, first.reaction)
        assert await uow.outbox.pending(second.event_id, second.reaction)
        assert not await uow.outbox.pending(first.event_id, "another reaction")
        assert not await uow.outbox.pending(EventId(uuid4()), first.reaction)
        await uow.commit()
    assert [d.event_id for d in await claim(store, UNTIL)] == [second.event_id]


async def test_done_is_undone_with_its_unit(store: Store) -> None:
    await record(store, heard(1))
    (delivery,) = await claim(store, v.T0)
    async with store.unit() as uow:
        await uow.outbox.done(delivery.event_id, delivery.reaction, v.T0)
    async with store.unit() as uow:
        assert await uow.outbox.pending(delivery.event_id, delivery.reaction)


async def test_a_failed_one_comes_when_it_was_told_to_and_a_dead_one_never(store: Store) -> None:
    await record(store, heard(1))
    (delivery,) = await claim(store, v.T0)
    async with store.unit() as uow:
        await uow.outbox.failed(delivery.event_id, delivery.reaction, "Oops", v.T0 + 5 * SECOND)
        await uow.commit()
    assert await claim(store, v.T0 + 4 * SECOND) == []
    (delivery,) = await claim(store, v.T0 + 5 * SECOND)
    assert delivery.attempts == 1
    async with store.unit() as uow:
        await uow.outbox.failed(delivery.event_id, delivery.reaction, "Oops", None)
        assert await uow.outbox.pending(delivery.event_id, delivery.reaction)
        await uow.commit()
    assert await claim(store, v.T0 + v.DAY * 400) == []


async def test_who_fails_after_another_did_it_wakes_nothing(
    store: Store,
) -> None:
    """A worker whose lease ran out hears of his failure after the next one had done it."""
    await record(store, heard(1))
    (delivery,) = await claim(store, v.T0)
    async with store.unit() as uow:
        await uow.outbox.done(delivery.event_id, delivery.reaction, v.T0)
        await uow.commit()
    async with store.unit() as uow:
        await uow.outbox.failed(delivery.event_id, delivery.reaction, "Oops", v.T0 + SECOND)
        await uow.commit()
    assert await claim(store, v.T0 + v.DAY) == []


async def test_the_cause_travels_with_the_event(store: Store) -> None:
    token, trace = CORRELATION_ID.set("causa-1"), TRACE_PARENT.set("00-1-2-01")
    try:
        await record(store, heard(1))
    finally:
        CORRELATION_ID.reset(token)
        TRACE_PARENT.reset(trace)
    await record(store, heard(2))
    first, second = await claim(store, v.T0)
    assert (first.correlation_id, first.trace_parent) == ("causa-1", "00-1-2-01")
    assert (second.correlation_id, second.trace_parent) == (None, None)


async def test_events_of_an_undone_unit_never_happened(store: Store) -> None:
    async with store.unit() as uow:
        await uow.outbox.record(heard(1))
    assert await claim(store, v.T0) == []


# -- what an administrator does about them ------------------------------------------------------


async def shown(store: Store, page: Page = Page()) -> list[tuple[object, ...]]:
    """Reactions that have not happened: which, how often tried, why not, when again."""
    async with store.reading() as read:
        found = await read.pending_deliveries(page)
    return [(d.event_id, d.reaction, d.attempts, d.error, d.next_at) for d in found.items]


async def fail(store: Store, delivery: Delivery) -> None:
    """For good."""
    async with store.unit() as uow:
        await uow.outbox.failed(delivery.event_id, delivery.reaction, "Oops", None)
        await uow.commit()


async def redrive(store: Store, id: EventId, at: datetime = v.T0) -> tuple[int, bool]:
    """How many came to life, and whether somebody has to be woken for them."""
    async with store.unit() as uow:
        many = await uow.outbox.redrive(id, at)
        await uow.commit()
        return many, uow.outbox.awaited


async def test_a_dead_one_is_shown_and_comes_again_as_if_new(store: Store) -> None:
    await record(store, heard(1))
    (delivery,) = await claim(store, v.T0)
    await fail(store, delivery)
    id, name = delivery.event_id, delivery.reaction
    assert await shown(store) == [(id, name, 1, "Oops", None)]
    assert await redrive(store, id, UNTIL) == (1, True)
    assert await shown(store) == [(id, name, 0, None, UNTIL)]
    assert await claim(store, UNTIL - SECOND) == []
    assert await claim(store, UNTIL) == [delivery._replace(attempts=0)]


async def test_only_what_is_unfinished_of_that_event_comes_again(store: Store) -> None:
    registered = UserRegistered(at=v.T0, user_id=UserId(uuid4()), role=Role.CLIENT)
    await record(store, registered, heard(2))
    one, two, other = sorted(await claim(store, v.T0), key=lambda d: d.event_id)
    assert one.event_id == two.event_id, "an event with two reactions"
    async with store.unit() as uow:
        await uow.outbox.done(one.event_id, one.reaction, v.T0)
        await uow.commit()
    await fail(store, two)
    await fail(store, other)
    assert await redrive(store, one.event_id) == (1, True)
    assert await claim(store, UNTIL) == [two]
    async with store.unit() as uow:
        await uow.outbox.done(two.event_id, two.reaction, v.T0)
        await uow.commit()
    assert await redrive(store, one.event_id) == (0, False)
    assert await redrive(store, EventId(uuid4())) == (0, False)
    assert [row[0] for row in await shown(store)] == [other.event_id]


async def test_what_is_unfinished_is_shown_newest_first_and_counted(store: Store) -> None:
    registered = UserRegistered(at=v.T0, user_id=UserId(uuid4()), role=Role.CLIENT)
    await record(store, heard(1), registered, heard(2))
    claimed = await claim(store, v.T0, 1)
    order = sorted(((row[0], row[1]) for row in await shown(store)), reverse=True)
    assert [row[:2] for row in await shown(store)] == order
    assert [row[:2] for row in await shown(store, Page(1, 2))] == order[1:3]
    async with store.reading() as read:
        assert (await read.pending_deliveries(Page(9, 1))).total == 4
        first = (await read.pending_deliveries(Page(3, 1))).items[0]
    assert (first.event_id, first.event) == (claimed[0].event_id, "gateway.notice_received")
    assert (first.attempts, first.created_at) == (0, v.T0)


async def test_only_settled_deliveries_are_forgotten_in_batches(store: Store) -> None:
    await record(store, *(heard(n) for n in range(5)))
    claimed = await claim(store, v.T0)
    async with store.unit() as uow:
        for n, delivery in enumerate(claimed[:4]):
            await uow.outbox.done(delivery.event_id, delivery.reaction, v.T0 + n * SECOND)
        await uow.commit()
    before = v.T0 + 3 * SECOND
    async with store.unit() as uow:
        assert [await uow.outbox.forget_settled(before, 2) for _ in range(3)] == [2, 1, 0]
        await uow.outbox.forget_settled(before + SECOND, 2)
    async with store.unit() as uow:
        assert await uow.outbox.forget_settled(before, 9) == 3, "undone with its unit"
        await uow.commit()
    async with store.unit() as uow:
        assert await uow.outbox.forget_settled(before, 9) == 0
        assert await uow.outbox.forget_settled(before + v.DAY, 9) == 1
        assert not await uow.outbox.pending(claimed[0].event_id, claimed[0].reaction)
        assert await uow.outbox.pending(claimed[4].event_id, claimed[4].reaction)


# -- timelines ---------------------------------------------------------------------------------


def step(of: Offer, version: int, told: type[OfferMoved] = OfferRejected) -> OfferMoved:
    """The version-th row of an offer."""
    return told(
        at=v.T0 + version * SECOND,
        version=version,
        actor=CLOCK,
        reason=f"razón {version}" if version > 1 else None,
        offer_id=of.id,
        client_id=of.client_id,
        professional_id=of.professional_id,
        before=OfferStatus.PENDING if version > 1 else None,
        status=OfferStatus.REJECTED,
    )


async def timeline(store: Store, id: UUID) -> list[tuple[object, ...]]:
    """Its rows: before, after, reason."""
    async with store.reading() as read:
        rows = await read.timeline(id, OfferStatus)  # type: ignore[arg-type]
    return [(row.status_before, row.status, row.reason) for row in rows]


async def test_a_timeline_keeps_the_order_of_its_versions(store: Store) -> None:
    mine, other = (v.offer(UserId(uuid4()), UserId(uuid4())) for _ in range(2))
    await record(store, step(mine, 1, OfferCreated), step(other, 1, OfferCreated), step(mine, 2))
    assert await timeline(store, mine.id) == [
        (None, OfferStatus.REJECTED, None),
        (OfferStatus.PENDING, OfferStatus.REJECTED, "razón 2"),
    ]
    assert len(await timeline(store, other.id)) == 1
    assert await timeline(store, uuid4()) == []
    async with store.reading() as read:
        assert list(await read.timeline(uuid4(), JobStatus)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("version", [1, 4], ids=["the same row twice", "a gap"])
async def test_a_timeline_has_neither_gaps_nor_two_rows_of_a_version(
    store: Store, version: int
) -> None:
    mine = v.offer(UserId(uuid4()), UserId(uuid4()))
    await record(store, step(mine, 1, OfferCreated), step(mine, 2))
    with pytest.raises(Exception):  # noqa: B017  (a broken invariant is no rule)
        await record(store, step(mine, version))
    assert len(await timeline(store, mine.id)) == 2
