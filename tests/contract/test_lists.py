"""Lists: newest first in a total order, cut into pages, filtered, counted to 1,001."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from conectar.application.message import TOTAL_MAX, Listed, Page
from conectar.application.ports.readers import PartyFilter, Readers
from conectar.application.ports.unit_of_work import Store
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.ids import UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.payment import Flag, Verdict
from conectar.domain.payments.refund import RefundOrigin, RefundStatus
from tests.contract import values as v
from tests.contract.kinds import EVERYBODY, KINDS, Kind

IN_MEMORY = "conectar.adapters.outbound.memory"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_pages_follow_one_total_order_without_gaps(store: Store, kind: Kind) -> None:
    """Several rows of one instant included: the id decides. Each page is one statement."""
    async with store.unit() as uow:
        people = await v.cast(uow)
        rows = [await kind.make(uow, people, n) for n in range(2, 12)]
        await uow.commit()
    newest_first = [id for _, id in sorted(rows, reverse=True)]
    total = len(rows) + kind.there_already
    async with store.reading() as read:
        pages = [await asked(read, kind, Page(skip, 3)) for skip in range(0, 15, 3)]
        whole = await asked(read, kind, Page(0, 100))
    seen = [kind.id_of(item) for page in pages for item in page.items]
    assert seen[: len(rows)] == newest_first
    assert [kind.id_of(item) for item in whole.items] == seen
    assert {page.total for page in (*pages, whole)} == {total}, "beyond the end, too"
    assert pages[-1].items == ()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_totals_count_to_1001_and_no_further(store: Store, kind: Kind) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        for n in range(TOTAL_MAX - kind.there_already):
            await kind.make(uow, people, n)
        assert (await kind.ask(uow.read, Page(0, 1))).total == 1000
        for n in range(3):
            await kind.make(uow, people, n)
        assert (await kind.ask(uow.read, Page(0, 1))).total == 1001
        assert (await kind.ask(uow.read, Page(2000, 1))).total == 1001
        assert len((await kind.ask(uow.read, Page(1000, 100))).items) == 3


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_an_empty_list_is_empty_at_any_page(store: Store, kind: Kind) -> None:
    async with store.reading() as read:
        assert await asked(read, kind, Page(0, 5)) == Listed((), 0)
        assert await asked(read, kind, Page(7, 5)) == Listed((), 0)


async def asked(read: Readers, kind: Kind, page: Page) -> Listed[Any]:
    """A page, in one statement, wherever it is cut; memory says none."""
    heard: list[Any] = []

    def hear(said: Any) -> AbstractContextManager[None]:
        heard.append(said)
        return nullcontext()

    connection: Any = getattr(read, "_connection", None)
    listeners = connection._listeners if connection else []
    listeners.append(hear)
    try:
        return await kind.ask(read, page)
    finally:
        listeners.remove(hear)
        assert len(heard) == (0 if type(read).__module__.startswith(IN_MEMORY) else 1)


async def test_a_party_sees_his_own_and_an_administrator_all(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        accepted = replace(b.offer, status=OfferStatus.ACCEPTED)
        await uow.offers.save(accepted)
        await uow.jobs.save(replace(b.job, status=JobStatus.DISPUTED))
        await uow.commit()

    async def seen(who: PartyFilter, offers: Any = None, jobs: Any = None) -> tuple[set[Any], ...]:
        async with store.reading() as read:
            some, others = (
                await read.offers(who, offers, Page()),
                await read.jobs(who, jobs, Page()),
            )
        assert (some.total, others.total) == (len(some.items), len(others.items))
        return {r.offer.id for r in some.items}, {r.job.id for r in others.items}

    assert await seen(PartyFilter()) == ({a.offer.id, b.offer.id}, {a.job.id, b.job.id})
    for party in (a.client.id, a.professional.id):
        assert await seen(PartyFilter(party=party)) == ({a.offer.id}, {a.job.id})
    room = {"as_professional_only": True}
    assert await seen(PartyFilter(party=a.professional.id, **room)) == ({a.offer.id}, {a.job.id})
    assert await seen(PartyFilter(party=a.client.id, **room)) == (set(), set())
    assert await seen(PartyFilter(party=UserId(uuid4()))) == (set(), set())
    chosen = await seen(PartyFilter(), OfferStatus.ACCEPTED, JobStatus.DISPUTED)
    assert chosen == ({b.offer.id}, {b.job.id})
    assert await seen(PartyFilter(), OfferStatus.EXPIRED, JobStatus.APPROVED) == (set(), set())


async def test_a_row_tells_its_parties_and_its_newest_refund(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        await uow.professionals.save(replace(c.professional, rating_sum=14, reviews=3))
        returned = v.refund(c.payment, origin=RefundOrigin.SUSPENSE, status=RefundStatus.SUCCEEDED)
        await uow.refunds.add(returned)
        assert (await _job(uow.read, c)).refund is None, "another payment's is not the job's"
        ids = sorted(v.RefundId(uuid4()) for _ in range(3))
        for id, cents in ((ids[0], 100), (ids[2], 300), (ids[1], 200)):
            status = RefundStatus.VOID if cents < 300 else RefundStatus.SENT
            refund = v.refund(c.payment, id=id, amount=Money(cents), status=status)
            await uow.refunds.add(refund)
        row = await _job(uow.read, c)
    assert row.job == c.job
    assert (row.client.id, row.client.first_name) == (c.client.id, "Ana")
    assert (row.professional.id, row.professional.rating_average) == (c.professional.id, 4.67)
    assert row.refund == (Money(300), RefundStatus.SENT, v.T0)


async def _job(read: Readers, c: v.Cast) -> Any:
    row = await read.job(c.job.id)
    assert row is not None
    return row


async def test_movements_by_party_kind_status_and_time(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        lines = {
            (people.client.id, kind): v.movement(
                people.job,
                kind=kind,
                status=MovementStatus.COMPLETED if people is a else MovementStatus.PENDING,
                created_at=v.T0 + v.HOUR * n,
            )
            for people in (a, b)
            for n, kind in enumerate(MovementKind)
        }
        for line in lines.values():
            await uow.movements.add(line)
        await uow.commit()

    async def seen(**changes: Any) -> set[Any]:
        async with store.reading() as read:
            found = await read.movements(replace(EVERYBODY, **changes), Page(0, 100))
        assert found.total == len(found.items)
        return {item.id for item in found.items}

    def ids(chosen: Callable[[Any], bool]) -> set[Any]:
        return {line.id for line in lines.values() if chosen(line)}

    mine, later = a.client.id, v.T0 + v.HOUR * 2
    assert await seen() == ids(lambda m: True)
    assert await seen(party=mine) == ids(lambda m: m.client_id == mine)
    assert await seen(party=a.professional.id) == ids(lambda m: m.client_id == mine)
    assert await seen(kinds=frozenset({MovementKind.REFUND})) == ids(
        lambda m: m.kind is MovementKind.REFUND
    )
    assert await seen(kinds=frozenset()) == set()
    assert await seen(status=MovementStatus.PENDING) == ids(lambda m: m.client_id != mine)
    assert await seen(since=later) == ids(lambda m: m.created_at >= later)
    assert await seen(until=later) == ids(lambda m: m.created_at < later)
    assert await seen(since=later, until=later) == set()


async def test_refunds_by_status_and_suspense_only_what_funds_nothing(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        one = v.refund(c.payment, status=RefundStatus.MANUAL)
        two = v.refund(c.payment, created_at=v.T0 + v.TICK)
        await uow.refunds.add(one)
        await uow.refunds.add(two)
        assert (await uow.read.refunds(RefundStatus.MANUAL, Page())) == Listed((one,), 1)
        assert (await uow.read.refunds(RefundStatus.VOID, Page())).total == 0
        parked = {
            p.id: p
            for p in (
                v.payment(c.checkout, verdict=Verdict.RETURNS),
                v.payment(c.checkout, verdict=Verdict.FOREIGN, flag=Flag.FOREIGN),
                v.payment(c.checkout, verdict=Verdict.RETURNS_UNPOSTED, amount=Money(5, "USD")),
                v.payment(c.checkout, verdict=Verdict.OPEN, flag=Flag.NO_ROW),
            )
        }
        funds = v.payment(c.checkout, verdict=Verdict.FUNDS)
        for paid in (*parked.values(), funds):
            nothing = Money(0, paid.amount.currency)
            paid = replace(paid, refunded=nothing, fee_posted=nothing, taxes_posted=nothing)
            await uow.payments.add(paid)
        sent = v.refund(next(iter(parked.values())))
        await uow.refunds.add(replace(sent, id=v.RefundId(UUID(int=1)), status=RefundStatus.VOID))
        await uow.refunds.add(sent)
        shown = (await uow.read.suspense(Page())).items
    assert {s.payment.id for s in shown} == set(parked)
    assert {s.payment.amount.currency for s in shown} == {"ARS", "USD"}
    assert {(s.payment.id, s.payment.flag, s.refund) for s in shown} == {
        (p.id, p.flag, RefundStatus.CREATED if p.id == sent.payment_id else None)
        for p in parked.values()
    }


async def test_sessions_and_totals_of_one_person(store: Store) -> None:
    completed = MovementStatus.COMPLETED
    async with store.unit() as uow:
        c = await v.cast(uow)
        live = []
        for n, (ended, days) in enumerate([(None, 9), (v.T0, 9), (None, 0), (None, 9)]):
            session = v.Session(
                id=v.SessionId(uuid4()),
                user_id=c.client.id,
                device=f"d{n}",
                generation=1,
                created_at=v.T0 + v.TICK * n,
                last_used_at=v.T0,
                expires_at=v.T0 + v.DAY * days,
                ended_at=ended,
            )
            await uow.sessions.add(session)
            live += [session] if n in (0, 3) else []
        assert list(await uow.sessions.live_of(c.client.id, v.T0)) == live[::-1]
        assert list(await uow.read.sessions(c.client.id, v.T0)) == live[::-1]
        assert list(await uow.read.sessions(c.user.id, v.T0)) == []
        signed = await uow.read.signed_in(live[0].id)
        assert signed is not None and signed.user == c.client
        for status, cents in ((completed, 5), (completed, 7), (MovementStatus.FAILED, 9)):
            line = v.movement(c.job, kind=MovementKind.RELEASE, status=status, amount=Money(cents))
            await uow.movements.add(line)
        total = await uow.read.movement_total(MovementKind.RELEASE, c.professional.id)
        assert total == Money(12)
        assert not await uow.read.movement_total(MovementKind.RELEASE, UserId(uuid4()))
