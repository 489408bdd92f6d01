"""Search, in SQL: an index on trade and place narrows it down, `rank` has the last word.

PostgreSQL finds the nearest by itself (`readers_nearest`), but for a circle that reaches over the
edge of its map: there it finds whoever is in the box.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.bounds import Bounds, around
from conectar.adapters.outbound.sql.dialect import total
from conectar.adapters.outbound.sql.readers_nearest import NearestReader, on_the_map
from conectar.application.message import Listed
from conectar.application.ports.search import Hit, SearchCriteria
from conectar.application.search_rows import rank
from conectar.domain.kernel.ids import TradeId

ROW, TRADE = t.SEARCH.table.c, t.TRADES.table.c


class SearchReader(NearestReader):
    """Search."""

    async def versions(self, topics: Sequence[str]) -> Mapping[str, int]:
        """Of each, in all its parts."""
        if not topics:
            return {}
        asked = list(topics)
        # filled up with one of them, so that there is a power of two
        asked += asked[:1] * ((1 << (len(asked) - 1).bit_length()) - len(asked))
        values = {f"topic_{n}": topic for n, topic in enumerate(asked)}
        return dict(await self.rows(_versions(len(asked)), **values))  # type: ignore[arg-type]

    async def trade_named(self, words: str) -> TradeId | None:
        """By word or id; the catalogue is small."""
        trades = map(t.TRADES.read, await self.rows(select(t.TRADES.table)))
        named = (trade.id for trade in trades if words in trade.words or words == str(trade.id))
        return min(named, default=None)

    async def search(self, criteria: SearchCriteria) -> Listed[Hit]:
        """Ranked from the rows of a box around the point."""
        bounds, mapped = box(criteria), self._connection.dialect.name == "postgresql"
        if mapped and bounds.on_the_map:
            return await self.nearest(criteria, bounds)
        query = beside(criteria) if mapped else _boxed(criteria, _inside(bounds))
        return rank(map(t.SEARCH.read, await self.rows(query)), criteria)


@cache
def _versions(many: int) -> Select[Any]:
    """Of a power of two: few statements serve any number of topics."""
    c = t.VERSIONS.c
    these = c.topic.in_([bindparam(f"topic_{n}") for n in range(many)])
    return select(c.topic, total(c.version)).where(these).group_by(c.topic)


def box(criteria: SearchCriteria) -> Bounds:
    """Around whoever may be a hit."""
    return around(criteria.near, criteria.radius_m)


def beside(criteria: SearchCriteria) -> Select[Any]:
    """PostgreSQL's, of a circle over the edge of the map."""
    return _boxed(criteria, on_the_map(box(criteria)))


def _boxed(criteria: SearchCriteria, inside: ColumnElement[bool]) -> Select[Any]:
    trade = ROW.trade_id.is_(None) if criteria.trade is None else ROW.trade_id == criteria.trade
    return select(t.SEARCH.table).where(trade, inside)


def _inside(bounds: Bounds) -> ColumnElement[bool]:
    across = (ROW.longitude.between(part.west, part.east) for part in bounds.parts)
    return and_(ROW.latitude.between(bounds.south, bounds.north), or_(*across))
