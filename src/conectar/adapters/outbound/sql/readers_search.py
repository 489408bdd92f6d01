"""Search, in SQL: an index on trade and place narrows it down, `rank` has the last word."""

import math

from sqlalchemy import ColumnElement, select

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.reading import Reading
from conectar.application.message import Listed
from conectar.application.ports.search import Hit, SearchCriteria
from conectar.application.search_rows import rank
from conectar.domain.kernel.ids import TradeId
from conectar.domain.people.professional import EARTH_RADIUS_M

ROW, TRADE = t.SEARCH.table.c, t.TRADES.table.c
MARGIN = 1.001
"""The box is a little larger than the circle, so that no rounding loses anybody at its edge."""


class SearchReader(Reading):
    """Search."""

    async def trade_named(self, words: str) -> TradeId | None:
        """By word or id; the catalogue is small."""
        rows = await self.rows(select(TRADE.id, TRADE.words))
        named = (id for id, known in rows if words in known or words == str(id))
        return min(named, default=None)

    async def search(self, criteria: SearchCriteria) -> Listed[Hit]:
        """Ranked from the rows of a box around the point."""
        trade = ROW.trade_id.is_(None) if criteria.trade is None else ROW.trade_id == criteria.trade
        query = select(t.SEARCH.table).where(trade, *_box(criteria))
        return rank(map(t.SEARCH.read, await self.rows(query)), criteria)


def _box(criteria: SearchCriteria) -> list[ColumnElement[bool]]:
    latitude, longitude = criteria.near
    up = math.degrees(criteria.radius_m / EARTH_RADIUS_M) * MARGIN
    box: list[ColumnElement[bool]] = [ROW.latitude.between(latitude - up, latitude + up)]
    narrowest = math.cos(math.radians(min(abs(latitude) + up, 90.0)))
    aside = up / narrowest if narrowest > 0.01 else 360.0
    if longitude - aside >= -180.0 and longitude + aside <= 180.0:
        box.append(ROW.longitude.between(longitude - aside, longitude + aside))
    return box
