"""Search on PostgreSQL: the nearest first out of a GiST index, filters on the way.

The index orders by distance on a Mercator map (`PLACE`), which near any place is the order on the
ground, and farther away nearly so. So somewhat more than is needed is taken from the index and
sorted by the true distance; what lies nearer than anything left out can lie (`_certain`) is exact.
Where that is not enough, it is said again of the smaller circle in which the nearest are now known
to be, and then more is taken. Who lies farther on the map than anybody within the circle (`edge`)
is taken, too, and not shown: the reading ends there, before all that the box has in its corners.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

import msgspec
from geoalchemy2 import Geometry
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    Function,
    Integer,
    Select,
    SmallInteger,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.bounds import Bounds, around
from conectar.adapters.outbound.sql.connection import Row
from conectar.adapters.outbound.sql.reading import Reading
from conectar.adapters.vocabulary.tables import SEARCHED, STEPS
from conectar.application.message import Listed
from conectar.application.ports.search import (
    SEARCH_NEAREST,
    SEARCH_TOTAL_MAX,
    Hit,
    SearchCriteria,
    SearchOrder,
)
from conectar.domain.kernel.money import Money
from conectar.domain.people.professional import EARTH_RADIUS_M, Point, distance_m

ROW = t.SEARCH.table.c
PLACE: ColumnElement[Any] = column(SEARCHED["place"], Geometry("POINT"))
"""The row's point on the map, which only PostgreSQL keeps."""
REACHED: ColumnElement[Any] = column(SEARCHED["reached"], Geometry("LINESTRING"))
"""The diagonal of a box on the map around all places to which its professional travels."""
GRADE: ColumnElement[int] = column(SEARCHED["grade"], SmallInteger())
BAND: ColumnElement[int] = column(SEARCHED["band"], SmallInteger())
"""Its rating and its price in steps, as the indexes have them."""
UNPRICED: ColumnElement[int] = literal(32_767, SmallInteger())
"""The band of who names no price."""
SHOWN = (
    *(ROW.professional_id, ROW.first_name, ROW.last_name, ROW.trades, ROW.latitude, ROW.longitude),
    *(ROW.hourly_rate, ROW.rating_average, ROW.total_reviews, ROW.points, ROW.takes_instant),
)
"""What a hit is made of."""
_ANYBODY: ColumnElement[bool] = literal_column("32767", SmallInteger()) >= GRADE
"""The condition of the indexes by place alone, true of every row."""
KNOWN = 4
"""Columns of an answer before them."""
OUTERMOST = 89.0
"""Whoever is nearer to a pole is on this line of the map."""
KEPT_MAX = 1000
MORE = 4
"""How many times as much is taken when a smaller circle was not enough."""


class Shape(NamedTuple):
    """What a search's statement depends on, but for values."""

    of_trade: bool
    reach_only: bool
    by_availability: bool
    rating_min: bool
    price_min: bool
    price_max: bool
    order: SearchOrder


class NearestReader(Reading):
    """Search out of the index."""

    async def nearest(self, criteria: SearchCriteria, bounds: Bounds) -> Listed[Hit]:
        """Exactly what `rank` would answer; whoever leaves between two statements leaves a gap."""
        reach, near, total = _reach(criteria), criteria.near, 0
        statement = nearest_rows(shape_of(criteria))
        for take in _takes(max(reach * 21 // 20 + 50, SEARCH_TOTAL_MAX + 1)):
            rows = await self.rows(statement, **values_of(criteria, bounds, reach, take))
            taken, found, farthest, needed = rows[0][:KNOWN]
            # only hits were taken if it must be said again: more than are counted
            total = total or min(found, SEARCH_TOTAL_MAX + 1)
            if taken < take or (needed or 0.0) <= _certain(near, farthest):
                break
            criteria, bounds = replace(criteria, radius_m=needed), around(near, needed)
        hits = (_hit(row, near) for row in rows if row[KNOWN] is not None)
        return Listed(tuple(hits), total)


def shape_of(criteria: SearchCriteria) -> Shape:
    """Of what is asked."""
    c = criteria
    return Shape(
        of_trade=c.trade is not None,
        reach_only=c.reach_only,
        by_availability=c.available is not None,
        rating_min=c.rating_min is not None,
        price_min=c.price_min is not None,
        price_max=c.price_max is not None,
        order=c.order,
    )


def values_of(criteria: SearchCriteria, bounds: Bounds, reach: int, take: int) -> dict[str, Any]:
    """What the statement of its shape leaves open."""
    c = criteria
    (left, bottom), (right, top) = (
        _corner(bounds.south, bounds.west),
        _corner(bounds.north, bounds.east),
    )
    east, north = _corner(c.near.latitude, c.near.longitude)
    asked = {
        "trade": c.trade,
        "available_": c.available,
        "rating_min": c.rating_min,
        "price_min": None if c.price_min is None else c.price_min.cents,
        "price_max": None if c.price_max is None else c.price_max.cents,
    }
    return {
        **{name: value for name, value in asked.items() if value is not None},
        "left": left,
        "bottom": bottom,
        "right": right,
        "top": top,
        "east": east,
        "north": north,
        "near_latitude": c.near.latitude,
        "near_longitude": c.near.longitude,
        "near_narrow": math.cos(math.radians(c.near.latitude)),
        "radius_m": c.radius_m,
        "edge": max(top - north, north - bottom),
        "take": take,
        "reach": reach,
        "skip": c.page.skip,
        "page": c.page.limit,
    }


@cache
def nearest_rows(shape: Shape) -> Select[Any]:
    """How many were taken, how many of them are hits, how far on the map the last lies, how far in
    metres the last of those that may be shown; and beside that the rows of the page."""
    taken = _taken(shape).limit(_whole("take")).cte("taken")
    hits = select(taken).where(taken.c.hit)
    shown = hits.order_by(taken.c.metres, taken.c.professional_id).limit(_whole("reach"))
    shown_rows = shown.cte("shown")
    counted = select(
        func.count().label("taken"),
        func.count().filter(taken.c.hit).label("found"),
        func.max(taken.c.map_metres).label("farthest"),
        select(func.max(shown_rows.c.metres)).scalar_subquery().label("needed"),
    )
    known = counted.select_from(taken).subquery("known")
    rows = select(*(shown_rows.c[column.key] for column in SHOWN), shown_rows.c.metres)
    rows = rows.order_by(*_order(shown_rows, shape.order))
    listed = rows.offset(_whole("skip")).limit(_whole("page")).subquery("listed")
    return (
        select(known, *listed.c)
        .select_from(known.outerjoin(listed, true()))
        .order_by(*_order(listed, shape.order))
    )


def _taken(shape: Shape) -> Select[Any]:
    """The rows that meet the criteria, nearest on the map first, out of the index; and those that
    lie beyond the edge, by which one knows that there are no more."""
    map_metres = PLACE.distance_centroid(_here()).label("map_metres")
    met = select(*SHOWN, ROW.radius_km, _metres().label("metres"), map_metres).where(
        *_conditions(shape)
    )
    # the fence: how far somebody is would be worked out again for each condition below
    found = met.order_by(map_metres).offset(literal_column("0")).subquery("found")
    within = [found.c.metres <= _real("radius_m")]
    if shape.reach_only:
        within.append(found.c.metres <= cast(found.c.radius_km, Float) * literal_column("1000"))
    hit = and_(*within)
    counted = select(found, hit.label("hit")).where(or_(hit, found.c.map_metres > _real("edge")))
    return counted.order_by(found.c.map_metres)


def _here() -> ColumnElement[Any]:
    return select(func.ST_MakePoint(_real("east"), _real("north"))).scalar_subquery()


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    box = (_real(name) for name in ("left", "bottom", "right", "top"))
    where: list[ColumnElement[bool]] = [
        ROW.trade_id == bindparam("trade") if shape.of_trade else ROW.trade_id.is_(None),
        PLACE.intersects(func.ST_MakeEnvelope(*box)),
    ]
    if shape.reach_only:
        where.append(REACHED.intersects(_here()))
    if shape.by_availability:
        where.append(ROW.available == bindparam("available_"))
    if shape.rating_min:
        asked = _real("rating_min")
        where += [
            func.coalesce(ROW.rating_average, 0.0) >= asked,
            _step("grade", asked) <= GRADE,
        ]
    if shape.price_min:
        least = bindparam("price_min", type_=ROW.hourly_rate.type)
        where += [ROW.hourly_rate >= least, _step("band", least) <= BAND, BAND < UNPRICED]
    if shape.price_max:
        most = bindparam("price_max", type_=ROW.hourly_rate.type)
        where += [ROW.hourly_rate <= most, _step("band", most) >= BAND]
    return [*where, *_openers(shape)]


def _step(of: str, asked: ColumnElement[Any]) -> Function[int]:
    return Function(STEPS[of], asked, type_=SmallInteger())


def on_the_map(bounds: Bounds) -> ColumnElement[bool]:
    """In a box that may reach over the edge of the map, out of an index by place alone."""
    within, beyond = OUTERMOST - 0.001, OUTERMOST + 0.001
    south = max(-beyond, min(within, bounds.south))
    north = min(beyond, max(-within, bounds.north))
    parts = (
        func.ST_MakeEnvelope(*_corner(south, part.west), *_corner(north, part.east))
        for part in bounds.parts
    )
    return and_(or_(*map(PLACE.intersects, parts)), _ANYBODY)


def _openers(shape: Shape) -> list[ColumnElement[bool]]:
    """True of every row, and the conditions of the indexes: of the one that knows grades, the one
    that knows bands, and of those by place alone."""
    opened: list[ColumnElement[bool]] = []
    if shape.rating_min:
        opened.append(GRADE.is_not(None))
    if shape.price_min or shape.price_max:
        opened.append(BAND.is_not(None))
    return opened or [_ANYBODY]


def _metres() -> ColumnElement[float]:
    """The domain's distance, said in SQL; what is the same for every row is said as it is."""
    half, two, one = (literal_column(number, Float()) for number in ("0.5", "2.0", "1.0"))
    half_lat = func.radians(ROW.latitude - _real("near_latitude")) * half
    half_lon = func.radians(ROW.longitude - _real("near_longitude")) * half
    narrow = _real("near_narrow") * func.cos(func.radians(ROW.latitude))
    h = func.power(func.sin(half_lat), two) + narrow * func.power(func.sin(half_lon), two)
    across = literal_column(repr(2 * EARTH_RADIUS_M), Float())
    return across * func.asin(func.least(one, func.sqrt(h)), type_=Float())


def _real(name: str) -> BindParameter[float]:
    return bindparam(name, type_=Float())


def _whole(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer())


def _takes(first: int) -> Iterator[int]:
    """How many to take each time: of the smaller circle as many as of the whole one, then more."""
    yield first
    while True:
        yield first
        first *= MORE


def _reach(criteria: SearchCriteria) -> int:
    """Of how many of the nearest the page is cut."""
    if criteria.order is SearchOrder.DISTANCE:
        return criteria.page.skip + criteria.page.limit
    return SEARCH_NEAREST


def _order(rows: Any, order: SearchOrder) -> list[ColumnElement[Any]]:
    ties = [rows.c.metres, rows.c.professional_id]
    match order:
        case SearchOrder.DISTANCE:
            return ties
        case SearchOrder.RATING:
            return [func.coalesce(rows.c.rating_average, 0.0).desc(), *ties]
        case SearchOrder.PRICE:
            return [rows.c.hourly_rate.asc().nulls_last(), *ties]


def _hit(row: Row, near: Point) -> Hit:
    (id, first, last, trades, latitude, longitude, rate, rating, reviews, points, instant) = row[
        KNOWN : KNOWN + len(SHOWN)
    ]
    return Hit(
        id=id,
        first_name=first,
        last_name=last,
        trades=_trades(trades),
        hourly_rate=None if rate is None else Money(rate),
        rating_average=rating,
        total_reviews=reviews,
        points=points,
        takes_instant=instant,
        distance_m=distance_m(near, Point(latitude, longitude)),
    )


@lru_cache(KEPT_MAX)
def _trades(text: str) -> tuple[str, ...]:
    """Most do what others do, too."""
    return msgspec.json.decode(text, type=tuple[str, ...])


def _corner(latitude: float, longitude: float) -> tuple[float, float]:
    """Map metres east and north, as the column counts them."""
    up = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
    return EARTH_RADIUS_M * math.radians(longitude), EARTH_RADIUS_M * up


def _certain(near: Point, map_metres: float) -> float:
    """How near a point may really be that lies so far on the map: straight towards the pole, where
    the map is stretched most."""
    latitude = math.radians(abs(near.latitude))
    up = math.log(math.tan(math.pi / 4 + latitude / 2)) + map_metres / EARTH_RADIUS_M
    return EARTH_RADIUS_M * (2 * math.atan(math.exp(up)) - math.pi / 2 - latitude) * (1 - 1e-9)
