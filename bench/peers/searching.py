"""How each peer looks for professionals, with all that may be asked."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, selectinload

from bench.peers import models as m
from bench.peers.wire import Found, SearchIn, SearchOut, found

TOTAL_MAX, NEAREST = 200, 1000
KNOWN = (selectinload(m.Professional.user), selectinload(m.Professional.trades))
ORDERS: dict[str, ColumnElement[Any]] = {
    "rating": m.Professional.rating_average.desc().nulls_last(),
    "precio": m.Professional.hourly_rate.asc().nulls_last(),
}


async def find_nearest(session: AsyncSession, asked: SearchIn) -> SearchOut:
    """The async peer's: the nearest out of the index, and a bounded total. Another order is one of
    the nearest thousand."""
    here, pro = _point(asked), m.Professional
    metres = pro.place.op("<->", return_type=Float())(here)
    reached = func.ST_DWithin(pro.place, here, pro.radius_km * 1000.0)
    inside = [*_filters(asked), *([] if asked.beyond_reach else [reached])]
    some = select(pro.id).join(pro.user).where(*inside).limit(TOTAL_MAX + 1).subquery()
    total = min(await session.scalar(select(func.count()).select_from(some)) or 0, TOTAL_MAX)
    page = select(pro, metres.label("metres")).join(pro.user).where(*inside).options(*KNOWN)
    if asked.order in ORDERS:
        near = select(pro.id).join(pro.user).where(*inside).order_by(metres).limit(NEAREST)
        page = page.where(pro.id.in_(near)).order_by(ORDERS[asked.order])
    rows = await session.execute(_part(page.order_by(metres), asked))
    return _out(total, [found(one, far) for one, far in rows], asked)


def find_everybody(session: Session, asked: SearchIn) -> SearchOut:
    """The seed's way: all of them, measured, counted and sorted."""
    here, pro = _point(asked), m.Professional
    metres = func.ST_Distance(pro.place, here)
    query = select(pro, metres.label("metres")).join(pro.user).where(*_filters(asked))
    if not asked.beyond_reach:
        query = query.where(metres <= pro.radius_km * 1000)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = [ORDERS[asked.order]] if asked.order in ORDERS else []
    rows = session.execute(_part(query.order_by(*order, metres), asked))
    return _out(total, [found(one, far) for one, far in rows], asked)


def _point(asked: SearchIn) -> Any:
    point = func.ST_MakePoint(asked.longitude, asked.latitude)
    return func.geography(func.ST_SetSRID(point, 4326))


def _filters(asked: SearchIn) -> Iterator[ColumnElement[bool]]:
    pro = m.Professional
    yield func.ST_DWithin(pro.place, _point(asked), asked.search_radius_km * 1000)
    yield pro.verification == m.APPROVED
    yield m.User.active.is_(True)
    if asked.trade is not None:
        yield pro.trades.any(m.Trade.name == asked.trade)
    if asked.rating_min is not None:
        yield pro.rating_average >= asked.rating_min
    if asked.price_min is not None:
        yield pro.hourly_rate >= asked.price_min * 100
    if asked.price_max is not None:
        yield pro.hourly_rate <= asked.price_max * 100
    if asked.available is not None:
        yield pro.available.is_(asked.available)


def _part(query: Select[Any], asked: SearchIn) -> Select[Any]:
    return query.offset(asked.skip).limit(asked.limit)


def _out(total: int, results: list[Found], asked: SearchIn) -> SearchOut:
    pages = -(-total // asked.limit)
    return SearchOut(
        total=total, results=results, page=asked.skip // asked.limit + 1, total_pages=pages
    )
