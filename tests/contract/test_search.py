"""Search rows and their reader: rank over everybody is what every store must answer."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.message import Page
from conectar.application.ports.search import Hit, SearchCriteria, SearchOrder
from conectar.application.ports.unit_of_work import Store
from conectar.application.search_rows import rank, rows_of
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.money import Money
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import EARTH_RADIUS_M, Point, Professional, newcomer
from conectar.domain.people.user import User
from tests.contract import values as v

NAMES = {trade.id: trade.name for trade in TRADES}
OBELISCO = Point(-34.6037, -58.3816)
ANYBODY = SearchCriteria(
    near=OBELISCO,
    radius_m=500_000,
    trade=None,
    rating_min=None,
    price_min=None,
    price_max=None,
    available=None,
    reach_only=False,
    order=SearchOrder.DISTANCE,
    page=Page(),
)
AROUND = st.builds(
    lambda lat, lon: Point(OBELISCO.latitude + lat, OBELISCO.longitude + lon),
    st.floats(-2, 2),
    st.floats(-2, 2),
)
WIDE = st.builds(Point, st.floats(-89, 89), st.floats(-180, 180))
PROFESSIONALS = st.fixed_dictionaries(
    {
        "location": AROUND | WIDE | st.sampled_from([Point(-16.5, 179.999), Point(89.9, 10.0)]),
        "radius_km": st.integers(1, 100),
        "available": st.booleans(),
        "hourly_rate": st.none() | st.builds(Money, st.integers(1, 5).map(lambda n: n * 1000)),
        "reviews": st.integers(0, 3),
        "rating_sum": st.integers(0, 15),
        "trades": st.lists(st.sampled_from(list(NAMES)[:3]), unique=True).map(tuple),
    }
)
CRITERIA = st.builds(
    SearchCriteria,
    near=AROUND | WIDE | st.sampled_from([Point(-16.5, -179.999), Point(89.95, 12.0)]),
    radius_m=st.sampled_from([1.0, 5_000.0, 60_000.0, 500_000.0]),
    trade=st.none() | st.sampled_from(list(NAMES)[:3]),
    rating_min=st.none() | st.floats(0, 5),
    price_min=st.sampled_from([None, Money(0), Money(2000)]),
    price_max=st.sampled_from([None, Money(0), Money(3000)]),
    available=st.none() | st.booleans(),
    reach_only=st.booleans(),
    order=st.sampled_from(SearchOrder),
    page=st.builds(Page, st.integers(0, 3), st.integers(1, 5)),
)


async def add(store: Store, **changes: Any) -> tuple[User, Professional]:
    """A professional who can be found, with these facts."""
    person = v.user(Role.PROFESSIONAL)
    facts = {"kyc": KycStatus.APPROVED, "location": OBELISCO} | changes
    professional = replace(newcomer(person.id, str(person.id)), **facts)
    async with store.unit() as uow:
        await uow.users.add(person)
        await uow.professionals.add(professional)
        await uow.search.replace(person, professional)
        await uow.commit()
    return person, professional


async def found(store: Store, **changes: Any) -> list[Hit]:
    """Whom a search finds."""
    async with store.reading() as read:
        return list((await read.search(replace(ANYBODY, **changes))).items)


@settings(max_examples=25)
@given(people=st.lists(PROFESSIONALS, max_size=6), questions=st.lists(CRITERIA, min_size=4))
async def test_a_store_answers_what_ranking_everybody_answers(
    store: Store, people: list[dict[str, Any]], questions: list[SearchCriteria]
) -> None:
    everybody = [await add(store, **facts) for facts in people]
    rows = [row for one in everybody for row in rows_of(*one, NAMES)]
    async with store.reading() as read:
        for question in questions:
            assert await read.search(question) == rank(rows, question)
    async with store.unit() as uow:
        for person, professional in everybody:
            await uow.search.replace(replace(person, active=False), professional)
        await uow.commit()


@pytest.mark.parametrize("near", [OBELISCO, Point(-54.8, -68.3), Point(71.0, 25.8)])
@pytest.mark.parametrize("towards", range(0, 360, 45))
async def test_nobody_is_lost_at_the_edge_of_the_circle(
    store: Store, near: Point, towards: int
) -> None:
    """A hair inside is found and a hair outside is not, in every direction and at any latitude."""
    person, professional = await add(store, location=near)
    there = professional.public_point
    assert there is not None
    radius = 100_000.0
    off = radius / EARTH_RADIUS_M
    lat, turn = math.radians(there.latitude), math.radians(towards)
    north = math.asin(
        math.sin(lat) * math.cos(off) + math.cos(lat) * math.sin(off) * math.cos(turn)
    )
    east = math.atan2(
        math.sin(turn) * math.sin(off) * math.cos(lat),
        math.cos(off) - math.sin(lat) * math.sin(north),
    )
    here = Point(math.degrees(north), there.longitude + math.degrees(east))
    assert [h.id for h in await found(store, near=here, radius_m=radius + 1)] == [person.id]
    assert await found(store, near=here, radius_m=radius - 1) == []


async def test_a_row_follows_what_it_copies(store: Store) -> None:
    person, professional = await add(store, trades=(TRADES[0].id,))
    assert [h.trades for h in await found(store)] == [(TRADES[0].name,)]
    assert [h.id for h in await found(store, trade=TRADES[0].id)] == [person.id]
    changed = replace(professional, trades=(TRADES[1].id,), hourly_rate=Money(7))
    renamed = replace(person, first_name="Ñandú")
    async with store.unit() as uow:
        await uow.search.replace(renamed, changed)
        await uow.commit()
    assert await found(store, trade=TRADES[0].id) == []
    (hit,) = await found(store, trade=TRADES[1].id)
    assert (hit.first_name, hit.hourly_rate) == ("Ñandú", Money(7))
    assert len(await found(store)) == 1


async def test_who_may_not_be_seen_has_no_row(store: Store) -> None:
    person, professional = await add(store)
    hidden: tuple[tuple[User, Professional], ...] = (
        (replace(person, active=False), professional),
        (person, replace(professional, kyc=KycStatus.REJECTED)),
        (person, replace(professional, location=None)),
    )
    for pair in hidden:
        async with store.unit() as uow:
            await uow.search.replace(person, professional)
            assert len((await uow.read.search(ANYBODY)).items) == 1
            await uow.search.replace(*pair)
            assert (await uow.read.search(ANYBODY)).items == ()


async def test_rows_come_back_with_an_undone_unit(store: Store) -> None:
    person, professional = await add(store, trades=(TRADES[0].id,))
    async with store.unit() as uow:
        await uow.search.replace(replace(person, active=False), professional)
        assert (await uow.read.search(ANYBODY)).total == 0
    assert len(await found(store)) == 1
    assert len(await found(store, trade=TRADES[0].id)) == 1


async def test_the_total_counts_to_201(store: Store) -> None:
    for _ in range(202):
        await add(store)
    async with store.reading() as read:
        answer = await read.search(replace(ANYBODY, page=Page(200, 5)))
    assert (answer.total, len(answer.items)) == (201, 2)


async def test_a_trade_has_names(store: Store) -> None:
    async with store.reading() as read:
        assert await read.trade_named("plomeria") == TRADES[0].id
        assert await read.trade_named("plomera") == TRADES[0].id
        assert await read.trade_named(str(TRADES[3].id)) == TRADES[3].id
        assert await read.trade_named("nada") is None
        names = [trade.name for trade in await read.trades()]
    assert names == sorted(names) and len(names) == len(TRADES)
