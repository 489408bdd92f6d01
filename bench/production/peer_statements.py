"""How long the statements of one of the peers' searches take, as `capture.py` measures ours: around
the driver's call, on one connection."""

import statistics
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from bench.peers.searching import find_everybody, find_nearest
from bench.peers.wire import SearchIn
from conectar.adapters.vocabulary.codes import code
from conectar.application.message import Page
from conectar.application.ports.search import SearchOrder
from conectar.domain.people.professional import Point

WARM, POINTS = 1, 5
LONGEST_MS = 5000
"""Then a statement is broken off, and stands for all: where a hundred thousand are inside, the
seed's way takes minutes."""


class Timed:
    """Listens to an engine."""

    def __init__(self, engine: Engine) -> None:
        self.seconds = self._since = 0.0
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "after_cursor_execute", self._end)

    def _begin(self, *_: object) -> None:
        self._since = perf_counter()

    def _end(self, *_: object) -> None:
        self.seconds += perf_counter() - self._since


async def peers_ms(url: str, asked: Mapping[str, Any], points: list[Point]) -> dict[str, float]:
    """The median milliseconds of each peer, from the first of these points; at most LONGEST_MS."""
    asks = [_body(near, asked) for near in points[: WARM + POINTS]]
    patience: Any = {"server_settings": {"statement_timeout": str(LONGEST_MS)}}
    engine = create_async_engine(url, pool_size=1, max_overflow=0, connect_args=patience)
    there = make_url(url).set(drivername="postgresql+psycopg")
    patience = {"options": f"-c statement_timeout={LONGEST_MS}"}
    sync = create_engine(there, pool_size=1, max_overflow=0, connect_args=patience)

    async def nearest(body: SearchIn) -> None:
        async with AsyncSession(engine) as session:
            await find_nearest(session, body)

    async def everybody(body: SearchIn) -> None:
        with Session(sync) as session:
            find_everybody(session, body)

    try:
        return {
            "async": await _median(Timed(engine.sync_engine), nearest, asks),
            "seed": await _median(Timed(sync), everybody, asks),
        }
    finally:
        await engine.dispose()
        sync.dispose()


async def _median(
    timed: Timed, find: Callable[[SearchIn], Awaitable[None]], asks: list[SearchIn]
) -> float:
    found = []
    for body in asks:
        before = timed.seconds
        try:
            await find(body)
        except DBAPIError:
            return LONGEST_MS
        found.append((timed.seconds - before) * 1000)
    return statistics.median(found[WARM:])


def _body(near: Point, asked: Mapping[str, Any]) -> SearchIn:
    """What our search is asked, in the peers' words."""
    told = {"latitude": near.latitude, "longitude": near.longitude, **asked}
    page: Page = told.pop("page", Page(0, 20))
    for name in ("price_min", "price_max"):
        if name in told:
            told[name] = told[name].cents / 100
    if "radius_km" in told:
        told["search_radius_km"] = told.pop("radius_km")
    told["order"] = code(told.get("order", SearchOrder.DISTANCE))
    return SearchIn(skip=page.skip, limit=page.limit, **told)
