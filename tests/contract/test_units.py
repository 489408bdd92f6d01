"""Units of work: all or nothing, and nobody calls out from inside."""

import asyncio
from dataclasses import replace

import pytest

from conectar.application.message import Page
from conectar.application.ports.outside import Mail
from conectar.application.ports.readers import PartyFilter
from conectar.application.ports.unit_of_work import UNIT_OPEN, Store
from conectar.domain.kernel.ids import PaymentId, RefundKey
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from tests.backends import House
from tests.contract import values as v
from tests.contract.test_ledger import posting


class Oops(Exception):
    """Something unexpected."""


async def everything(uow: object) -> v.Cast:
    """Writes to every kind of thing a unit holds."""
    people = await v.cast(uow)  # type: ignore[arg-type]
    funded = postings.funded(people.job.id, v.PRICE)
    await uow.ledger.post(posting("fact", funded, people.job.id))  # type: ignore[attr-defined]
    return people


async def nothing_is_left(store: Store, people: v.Cast) -> None:
    """Of `everything`."""
    async with store.unit() as uow:
        assert await uow.users.find(people.client.id) is None
        assert await uow.users.by_email(people.client.email) is None
        assert await uow.jobs.find(people.job.id) is None
        assert await uow.checkouts.open_of(people.job.id) is None
        assert not await uow.ledger.posted("fact")
        assert await uow.ledger.balance(ledger.escrow(people.job.id)) == Money.ZERO
        assert await uow.ledger.of_job(ledger.gateway(False), people.job.id) == Money.ZERO
        assert all(line.debits == line.credits == 0 for line in await uow.read.account_sums())


async def test_without_a_commit_nothing_is_true(store: Store) -> None:
    async with store.unit() as uow:
        people = await everything(uow)
        assert await uow.users.find(people.client.id) == people.client
    await nothing_is_left(store, people)


@pytest.mark.parametrize("error", [Oops(), asyncio.CancelledError()], ids=["error", "cancelled"])
async def test_an_exception_undoes_the_unit(store: Store, error: BaseException) -> None:
    with pytest.raises(type(error)):
        async with store.unit() as uow:
            people = await everything(uow)
            raise error
    await nothing_is_left(store, people)
    async with store.unit() as uow:
        await everything(uow)
        await uow.commit()


async def test_after_the_commit_it_is_true_whatever_follows(store: Store) -> None:
    with pytest.raises(Oops):
        async with store.unit() as uow:
            people = await v.cast(uow)
            await uow.commit()
            await uow.users.save(replace(people.client, first_name="Otra"))
            raise Oops
    async with store.reading() as read:
        assert await read.user(people.client.id) == people.client


async def test_readers_never_see_half_a_unit(store: Store) -> None:
    half, go_on = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with store.unit() as uow:
            await v.cast(uow)
            half.set()
            await go_on.wait()
            await v.cast(uow)
            await uow.commit()

    async def read() -> tuple[int, int]:
        async with store.reading() as reader:
            jobs = await reader.jobs(PartyFilter(), None, Page())
            await asyncio.sleep(0.02)
            offers = await reader.offers(PartyFilter(), None, Page())
        return jobs.total, offers.total

    writer = asyncio.create_task(write())
    await half.wait()
    early = [asyncio.create_task(read()) for _ in range(3)]
    await asyncio.sleep(0.05)
    go_on.set()
    late = [asyncio.create_task(read()) for _ in range(3)]
    await writer
    seen = await asyncio.gather(*early, *late)
    assert set(seen) <= {(0, 0), (2, 2)}, "before the unit or after it, never between"
    assert await read() == (2, 2)


async def test_units_wait_for_each_other(store: Store) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        await uow.commit()

    async def add_a_letter(letter: str) -> None:
        async with store.unit() as uow:
            found = await uow.users.find(people.client.id)
            assert found is not None
            await asyncio.sleep(0)
            await uow.users.save(replace(found, first_name=found.first_name + letter))
            await uow.commit()

    await asyncio.gather(*(add_a_letter("x") for _ in range(12)))
    async with store.reading() as read:
        found = await read.user(people.client.id)
    assert found is not None and found.first_name == "Ana" + "x" * 12


async def test_nobody_calls_outside_from_inside_a_unit(still: House) -> None:
    gateway, mailer = still.gateway, still.mailer
    calls = (
        lambda: gateway.payment(PaymentId("1")),
        lambda: gateway.payments_of(v.checkout(v.job(v.offer(v.user().id, v.user().id))).id),
        lambda: gateway.refund(RefundKey("r"), PaymentId("1"), None),
        lambda: mailer.send(Mail("1", "a@b.ar", "s", "t")),
        lambda: mailer.open().__aenter__(),
    )
    assert not UNIT_OPEN.get()
    async with still.store.unit():
        assert UNIT_OPEN.get()
        for call in calls:
            with pytest.raises(RuntimeError, match="inside a unit of work"):
                await call()
    assert not UNIT_OPEN.get()
    assert await gateway.payment(PaymentId("1")) is None


async def test_the_guard_opens_again_after_a_failed_unit(still: House) -> None:
    with pytest.raises(Oops):
        async with still.store.unit():
            raise Oops
    assert not UNIT_OPEN.get()
    async with still.store.reading():
        assert not UNIT_OPEN.get(), "a reader holds no locks"
