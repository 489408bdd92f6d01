"""Search out of the index: exact where the map is not, and by the index."""

import json
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tools.seed import CAPITAL, KM_A_DEGREE, fill, people

from conectar.adapters.outbound.sql.connection import READING, Database, Said
from conectar.adapters.outbound.sql.postgresql import PostgresConnection
from conectar.adapters.outbound.sql.readers_nearest import (
    Shape,
    nearest_rows,
    shape_of,
    values_of,
)
from conectar.adapters.outbound.sql.readers_search import beside, box
from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.message import Page
from conectar.application.ports.search import SearchCriteria, SearchOrder
from conectar.application.search_rows import SearchRow, rank, rows_of
from conectar.domain.kernel.money import Money
from conectar.domain.people.professional import Point
from tests.backends import House
from tests.contract.test_search import ANYBODY, NAMES, OBELISCO
from tests.postgresql.raw import owners

COUNT, MANY = 3000, 30_000
TRADE = TRADES[0].id


def outside(north_km: float, east_km: float) -> Point:
    """So far from the middle of the capital, where two fifths live."""
    north, east = north_km / KM_A_DEGREE, east_km / KM_A_DEGREE
    narrow = math.cos(math.radians(CAPITAL.latitude))
    return Point(CAPITAL.latitude + north, CAPITAL.longitude + east / narrow)


OUTSKIRTS = {
    "60 km": outside(0, -60),
    "80 km": outside(0, -80),
    "the city is in a corner": outside(-78, -78),
    "its suburbs are in a corner": outside(-92, -92),
}


@pytest.fixture
async def crowd(guarded: House, engine: AsyncEngine) -> list[SearchRow]:
    """So many, as they are seeded."""
    await settle(engine, COUNT)
    return [row for one in people(COUNT) for row in rows_of(*one, NAMES)]


@pytest.fixture
async def many(guarded: House, engine: AsyncEngine) -> AsyncIterator[PostgresConnection]:
    """A connection to where so many live that the planner finds by itself that an index is
    cheaper."""
    await settle(engine, MANY)
    async with (await guarded.container.get(Database)).connected(READING) as connection:
        assert isinstance(connection, PostgresConnection)
        yield connection


async def settle(engine: AsyncEngine, count: int) -> None:
    """They move in, and the planner is told."""
    async with owners(engine) as owner:
        await fill(owner, count)
        async with owner.begin() as connection:
            await connection.execute(text("ANALYZE"))


ASKED: dict[str, dict[str, Any]] = {
    "anybody": {},
    "a trade": {"trade": TRADE},
    "who comes": {"reach_only": True},
    "the best": {"rating_min": 4.5, "trade": TRADE},
    "cheap": {"price_max": Money(300_000)},
    "dear and free": {"price_min": Money(1_500_000), "available": True},
    "nobody": {"price_max": Money(1), "rating_min": 5.0},
    "by rating": {"order": SearchOrder.RATING},
    "by price": {"order": SearchOrder.PRICE, "trade": TRADE},
    "deep": {"page": Page(700, 50)},
    "beyond the end": {"page": Page(9000, 50)},
}


async def test_everything_is_found_as_ranking_everybody_finds_it(
    guarded: House, crowd: list[SearchRow]
) -> None:
    chance = Random(7)
    near = [OBELISCO, Point(-34.9, -57.9), Point(-31.4, -64.2), Point(-54.8, -68.3)]
    async with guarded.store.reading() as read:
        for changes, radius in product(ASKED.values(), (10_000.0, 100_000.0, 500_000.0)):
            for here in (chance.choice(near), chance.choice([*OUTSKIRTS.values()])):
                asked = replace(ANYBODY, near=here, radius_m=radius, **changes)
                assert await read.search(asked) == rank(crowd, asked), asked


async def test_what_the_map_shows_farther_may_be_nearer(
    guarded: House, crowd: list[SearchRow]
) -> None:
    """Far to the south the map is stretched; a page as long as what was taken shows it. A second
    look into a smaller circle is enough."""
    asked = replace(ANYBODY, near=Point(-50.0, -68.0), radius_m=2_500_000.0, page=Page(0, 100))
    takes: list[int] = []

    @contextmanager
    def hear(one: Said) -> Iterator[None]:
        takes.extend(values["take"] for values in one.values if "take" in values)
        yield

    (await guarded.container.get(Database)).listeners.append(hear)
    async with guarded.store.reading() as read:
        for skip in range(0, 2900, 100):
            page = replace(asked, page=Page(skip, 100))
            assert await read.search(page) == rank(crowd, page)
            assert len(takes) <= 2 and len(set(takes)) == 1, takes
            takes.clear()


LOTS: dict[str, Any] = {
    "radius_m": 100_000.0,
    "rating_min": 3.5,
    "price_min": Money(300_000),
    "price_max": Money(1_900_000),
}
LITTLE: dict[str, Any] = {
    "radius_m": 2_000.0,
    "rating_min": 4.9,
    "price_min": Money(1_900_000),
    "price_max": Money(1_950_000),
}
REACH, TAKE = 20, 201
BY_PLACE, BY_TRADE = "ix_busqueda_cerca", "ix_busqueda_oficio_cerca"
BY_GRADE, BY_BAND = "ix_busqueda_nota", "ix_busqueda_franja"


async def test_the_inner_scan_is_the_index_without_a_sort(many: PostgresConnection) -> None:
    """As the application prepares it, of whatever shape; of lots of hits as of few."""
    for shape in map(Shape._make, product(*[(False, True)] * 6, SearchOrder)):
        asked = (criteria(shape, **given) for given in (LOTS, LITTLE))
        lots, few = await plans(many, shape, *asked)
        for plan in (lots, few):
            expect_index(plan, shape)
        assert taken(lots)["Actual Rows"] == TAKE > taken(few)["Actual Rows"], shape


FAR: dict[str, dict[str, Any]] = {
    "who comes": {"reach_only": True},
    "who comes, of a trade": {"reach_only": True, "trade": TRADE},
    "the best who come": {"reach_only": True, "rating_min": 4.8},
    "who comes for little": {"reach_only": True, "price_max": Money(300_000)},
    "anybody": {},
    "the best for little": {"rating_min": 4.8, "price_max": Money(300_000)},
}


async def test_outside_a_city_it_is_not_read_to_find_nobody(many: PostgresConnection) -> None:
    """Neither those who don't come so far, nor those in the corners of the box."""
    for (where, here), (what, changes) in product(OUTSKIRTS.items(), FAR.items()):
        asked = replace(ANYBODY, near=here, radius_m=100_000.0, **changes)
        (plan,) = await plans(many, shape_of(asked), asked)
        (scan,) = scans(plan)
        read = scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)
        assert read <= TAKE * 5 // 4, (where, what)


async def plans(
    connection: PostgresConnection, shape: Shape, *all_asked: SearchCriteria
) -> list[dict[str, Any]]:
    """How PostgreSQL finds them, having prepared what is said for this shape."""
    query = nearest_rows(shape)
    found: list[dict[str, Any]] = []
    for asked in all_asked:
        values = values_of(asked, box(asked), REACH, TAKE)
        said, parameters = connection.words(query, values)
        if not found:
            await connection.driver.execute(f"PREPARE asked AS {said}")
        literals = ", ".join(f"'{value}'" for value in parameters)
        explained = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({literals})"
        told = await connection.driver.fetchval(explained)
        found.append(json.loads(told)[0]["Plan"])
    await connection.driver.execute("DEALLOCATE asked")
    return found


def criteria(shape: Shape, **given: Any) -> SearchCriteria:
    """Some of this shape, with those of the given values that it has."""
    named = {name: given[name] for name in given if getattr(shape, name, True)}
    made = replace(
        ANYBODY,
        trade=TRADE if shape.of_trade else None,
        reach_only=shape.reach_only,
        available=True if shape.by_availability else None,
        order=shape.order,
        **named,
    )
    assert shape_of(made) == shape
    return made


def expect_index(plan: dict[str, Any], shape: Shape) -> None:
    """The rows come nearest first out of an index that serves this shape."""
    (scan,) = scans(plan)
    assert scan["Node Type"] == "Index Scan", (shape, scan)
    assert scan["Order By"].startswith("(plano <-> "), (shape, scan)
    assert scan["Index Name"] in serving(shape), (shape, scan)
    cut = taken(plan)
    assert cut["Node Type"] == "Limit" and scan in nodes(cut), shape
    assert not [node for node in nodes(cut) if "Sort" in node["Node Type"]], (shape, cut)


def serving(shape: Shape) -> set[str]:
    """The indexes that are good for it."""
    asked = {BY_GRADE: shape.rating_min, BY_BAND: shape.price_min or shape.price_max}
    filtered = {index for index, does in asked.items() if does}
    return filtered or {BY_TRADE if shape.of_trade else BY_PLACE}


def scans(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """How the table is read."""
    return [node for node in nodes(plan) if node.get("Relation Name") == "busqueda"]


def taken(plan: dict[str, Any]) -> dict[str, Any]:
    """The limit that cuts what is taken from the index, and what is below it."""
    (cut,) = [node for node in nodes(plan) if node.get("Subplan Name") == "CTE taken"]
    return cut


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """It and everything below."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


OVER_THE_EDGE = {
    "the 180th meridian": Point(-34.6, 179.99),
    "its other side": Point(-16.5, -179.99),
    "the south": Point(-85.5, 10.0),
    "the pole": Point(-89.999, 0.0),
}


@pytest.mark.parametrize("of_trade", [False, True], ids=["anybody", "a trade"])
@pytest.mark.parametrize("where", OVER_THE_EDGE)
async def test_over_the_edge_of_the_map_the_index_finds_them_too(
    guarded: House, many: PostgresConnection, where: str, of_trade: bool
) -> None:
    """Nobody who lives as far to the south is read for it."""
    asked = replace(ANYBODY, near=OVER_THE_EDGE[where], radius_m=500_000.0)
    asked = replace(asked, trade=TRADE if of_trade else None)
    said, parameters = many.words(beside(asked), {})
    await many.driver.execute(f"PREPARE asked AS {said}")
    literals = ", ".join(f"'{value}'" for value in parameters)
    explained = f"EXPLAIN (FORMAT JSON) EXECUTE asked ({literals})"
    plan = json.loads(await many.driver.fetchval(explained))[0]["Plan"]
    await many.driver.execute("DEALLOCATE asked")
    used = {node["Index Name"] for node in nodes(plan) if "Index Name" in node}
    assert used == {BY_TRADE if of_trade else BY_PLACE}, plan
    assert not [node for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
    async with guarded.store.reading() as read:
        assert await read.search(asked) == rank((), asked)
