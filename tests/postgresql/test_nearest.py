"""Search out of the index: exact where the map is not, and by the index."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine
from tools.seed import fill, people

from conectar.adapters.outbound.sql.bounds import around
from conectar.adapters.outbound.sql.readers_nearest import nearest_rows, shape_of, values_of
from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.message import Page
from conectar.application.ports.search import SearchCriteria, SearchOrder
from conectar.application.search_rows import SearchRow, rank, rows_of
from conectar.domain.kernel.money import Money
from conectar.domain.people.professional import Point
from tests.backends import House
from tests.contract.test_search import ANYBODY, NAMES, OBELISCO
from tests.postgresql.raw import cells, owners

COUNT, MANY = 3000, 30_000
"""With so many the planner finds by itself that the index is cheaper."""
TRADE = TRADES[0].id


@pytest.fixture
async def crowd(guarded: House, engine: AsyncEngine) -> list[SearchRow]:
    """So many, as they are seeded."""
    await settle(engine, COUNT)
    return [row for one in people(COUNT) for row in rows_of(*one, NAMES)]


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
        for changes in ASKED.values():
            for radius in (10_000.0, 100_000.0, 500_000.0):
                here = chance.choice(near)
                asked = replace(ANYBODY, near=here, radius_m=radius, **changes)
                assert await read.search(asked) == rank(crowd, asked), asked


async def test_what_the_map_shows_farther_may_be_nearer(
    guarded: House, crowd: list[SearchRow]
) -> None:
    """Far to the south the map is stretched; a page as long as what was taken shows it."""
    asked = replace(ANYBODY, near=Point(-50.0, -68.0), radius_m=2_500_000.0, page=Page(0, 100))
    async with guarded.store.reading() as read:
        for skip in range(0, 2900, 100):
            page = replace(asked, page=Page(skip, 100))
            assert await read.search(page) == rank(crowd, page)


async def test_the_inner_scan_is_the_index_without_a_sort(
    guarded: House, engine: AsyncEngine
) -> None:
    await settle(engine, MANY)
    asked: dict[str, dict[str, Any]] = {
        "ix_busqueda_cerca": {},
        "ix_busqueda_oficio_cerca": {"trade": TRADE},
        "ix_busqueda_nota": {"rating_min": 4.0},
        "ix_busqueda_franja": {"price_min": Money(1_000_000)},
    }
    for index, changes in asked.items():
        inner = await inner_plan(engine, replace(ANYBODY, radius_m=100_000.0, **changes))
        assert any(f"Index Scan using {index} on busqueda" in line for line in inner), inner
        assert any("Order By: (plano <->" in line for line in inner), inner
        assert not any("Sort" in line for line in inner), inner
    few: dict[str, dict[str, Any]] = {
        "ix_busqueda_nota": {"rating_min": 4.9},
        "ix_busqueda_franja": {"price_min": Money(1_900_000)},
    }
    for index, changes in few.items():  # so few that the planner may sort them
        inner = await inner_plan(engine, replace(ANYBODY, radius_m=100_000.0, **changes))
        assert any(index in line for line in inner), inner


async def inner_plan(engine: AsyncEngine, asked: SearchCriteria) -> list[str]:
    """How PostgreSQL takes rows from the index."""
    bounds = around(asked.near, asked.radius_m)
    query = nearest_rows(shape_of(asked)).params(values_of(asked, bounds, 20, 201))
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    said = query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    explained = f"EXPLAIN (COSTS OFF) {said}".replace(":", r"\:")
    plan = [line for (line,) in await cells(engine, explained)]
    begins = next(n for n, line in enumerate(plan) if "CTE taken" in line)
    ends = next(n for n, line in enumerate(plan) if "CTE shown" in line)
    return plan[begins:ends]
