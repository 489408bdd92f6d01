"""Search: professionals near a point."""

import math
import unicodedata
from dataclasses import dataclass

from conectar.application.message import Page, Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.search import (
    SEARCH_TOTAL_MAX,
    Hit,
    SearchCriteria,
    SearchOrder,
)
from conectar.application.settings import Policy
from conectar.application.views.people import FoundView, SearchView
from conectar.domain.kernel.money import Money
from conectar.domain.levels.level import tier_at
from conectar.domain.people.professional import TRAVEL_KM_MAX, Point

STEP_KM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Query[SearchView]):
    """Professionals near a point, who are active and whose identity is approved.

    Unless `beyond_reach`, only those who travel as far as the point. `trade` is an id, a name or
    the tradesperson's word, without regard to case and accents; an unknown one finds nobody.
    """

    snapshot = False

    near: Point
    radius_km: float
    trade: str | None
    rating_min: float | None
    price_min: Money | None
    price_max: Money | None
    available: bool | None
    beyond_reach: bool
    order: SearchOrder
    page: Page

    @property
    def within_km(self) -> float:
        """Nobody comes from farther than anybody travels."""
        return self.radius_km if self.beyond_reach else min(self.radius_km, TRAVEL_KM_MAX)


class SearchHandler:
    """Reads."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, query: Search, read: Readers) -> SearchView:
        """Refuses nothing."""
        trade = await read.trade_named(plain(query.trade)) if query.trade else None
        if query.trade and trade is None:
            return self._page((), 0, query.page)
        found = await read.search(
            SearchCriteria(
                near=query.near,
                radius_m=query.within_km * 1000,
                trade=trade,
                rating_min=query.rating_min,
                price_min=query.price_min,
                price_max=query.price_max,
                available=query.available,
                reach_only=not query.beyond_reach,
                order=query.order,
                page=query.page,
            )
        )
        return self._page(found.items, found.total, query.page)

    def _page(self, hits: tuple[Hit, ...], total: int, page: Page) -> SearchView:
        shown = min(total, SEARCH_TOTAL_MAX)
        return SearchView(
            total=shown,
            total_exact=total <= SEARCH_TOTAL_MAX,
            results=tuple(map(self._found, hits)),
            page=page.skip // page.limit + 1,
            total_pages=math.ceil(shown / page.limit),
        )

    def _found(self, hit: Hit) -> FoundView:
        return FoundView(
            id=hit.id,
            first_name=hit.first_name,
            last_name=hit.last_name,
            trades=hit.trades,
            hourly_rate=hit.hourly_rate,
            rating_average=hit.rating_average,
            total_reviews=hit.total_reviews,
            distance_km=math.ceil(hit.distance_m / 1000 / STEP_KM) * STEP_KM,
            level=tier_at(hit.points, self._policy.tiers).level,
            avatar_url=None,
            takes_instant=hit.takes_instant,
        )


def plain(text: str) -> str:
    """Lower case, without accents or surrounding spaces."""
    decomposed = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
