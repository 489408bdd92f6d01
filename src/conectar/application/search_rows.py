"""The rows search reads, and how they are ranked: one definition for every store.

A store narrows the rows down with what it is good at (an index on trade and place) and leaves the
exact answer to `rank`, so that all of them answer alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conectar.application.message import Listed
from conectar.application.ports.search import (
    SEARCH_NEAREST,
    SEARCH_TOTAL_MAX,
    Hit,
    SearchCriteria,
    SearchOrder,
)
from conectar.domain.kernel.ids import TradeId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.people.professional import Point, Professional, distance_m
from conectar.domain.people.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """A visible professional in one trade (None: whatever he does), at his moved point."""

    professional_id: UserId
    trade_id: TradeId | None
    first_name: str
    last_name: str
    trades: tuple[str, ...]
    location: Point
    radius_km: int
    available: bool
    takes_instant: bool
    hourly_rate: Money | None
    rating_average: float | None
    total_reviews: int
    points: int


def rows_of(
    user: User, professional: Professional, names: Mapping[TradeId, str]
) -> tuple[SearchRow, ...]:
    """One row a trade and one for any, while he may be found."""
    point = professional.public_point
    if point is None or not professional.visible(user):
        return ()
    return tuple(
        SearchRow(
            professional_id=user.id,
            trade_id=trade,
            first_name=user.first_name,
            last_name=user.last_name,
            trades=tuple(names[t] for t in professional.trades),
            location=point,
            radius_km=professional.radius_km,
            available=professional.available,
            takes_instant=professional.takes_instant,
            hourly_rate=professional.hourly_rate,
            rating_average=professional.rating_average,
            total_reviews=professional.reviews,
            points=professional.points,
        )
        for trade in (None, *professional.trades)
    )


def rank(rows: Iterable[SearchRow], criteria: SearchCriteria) -> Listed[Hit]:
    """The page of rows that meet the criteria, in their order; ties by distance, then id."""
    hits = [_hit(row, criteria) for row in rows if _matches(row, criteria)]
    near = sorted((h for h in hits if h is not None), key=lambda h: (h.distance_m, h.id))
    if criteria.order is not SearchOrder.DISTANCE:
        near = sorted(near[:SEARCH_NEAREST], key=lambda h: _key(h, criteria.order))
    skip, limit = criteria.page
    return Listed(tuple(near[skip : skip + limit]), min(len(near), SEARCH_TOTAL_MAX + 1))


def _matches(row: SearchRow, c: SearchCriteria) -> bool:
    priced = row.hourly_rate
    return (
        row.trade_id == c.trade
        and (c.available is None or row.available == c.available)
        and (c.rating_min is None or (row.rating_average or 0.0) >= c.rating_min)
        and (c.price_min is None or (priced is not None and c.price_min <= priced))
        and (c.price_max is None or (priced is not None and priced <= c.price_max))
    )


def _hit(row: SearchRow, c: SearchCriteria) -> Hit | None:
    distance = distance_m(c.near, row.location)
    if distance > c.radius_m or (c.reach_only and distance > row.radius_km * 1000):
        return None
    return Hit(
        id=row.professional_id,
        first_name=row.first_name,
        last_name=row.last_name,
        trades=row.trades,
        hourly_rate=row.hourly_rate,
        rating_average=row.rating_average,
        total_reviews=row.total_reviews,
        points=row.points,
        takes_instant=row.takes_instant,
        distance_m=distance,
    )


def _key(hit: Hit, order: SearchOrder) -> tuple[object, ...]:
    if order is SearchOrder.RATING:
        return (-(hit.rating_average or 0.0), hit.distance_m, hit.id)
    price = hit.hourly_rate
    return (price is None, price.cents if price else 0, hit.distance_m, hit.id)
