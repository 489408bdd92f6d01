"""Turns: one holder at a time."""

import asyncio
from datetime import timedelta

from conectar.application.ports.turns import Turn
from conectar.application.ports.unit_of_work import Store
from tests.contract import values as v

SECOND = timedelta(seconds=1)


async def take(store: Store, holder: str, after: int = 0, name: str = "a") -> bool:
    """Asked at T0 and some seconds, for ten."""
    now = v.T0 + after * SECOND
    async with store.unit() as uow:
        taken = await uow.turns.take(Turn(name=name, holder=holder, until=now + 10 * SECOND), now)
        await uow.commit()
    return taken


async def test_a_turn_has_one_holder_until_its_time_is_over(store: Store) -> None:
    assert await take(store, "ana")
    assert not await take(store, "beto")
    assert await take(store, "ana", 5), "it is hers, and hers for longer now"
    assert not await take(store, "beto", 14)
    assert await take(store, "beto", 15)
    assert not await take(store, "ana", 16)
    assert await take(store, "ana", 16, name="b"), "another turn is another's"


async def test_of_many_who_want_a_turn_one_has_it(store: Store) -> None:
    holders = [f"holder {n}" for n in range(8)]
    taken = await asyncio.gather(*(take(store, holder) for holder in holders))
    assert taken.count(True) == 1


async def test_a_turn_is_undone_with_its_unit(store: Store) -> None:
    async with store.unit() as uow:
        assert await uow.turns.take(Turn(name="a", holder="x", until=v.T0 + SECOND), v.T0)
    assert await take(store, "beto")
