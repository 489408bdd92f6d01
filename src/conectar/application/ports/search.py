"""Search: what is asked for, what comes back, and the port that finds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

from conectar.application.message import Listed, Page
from conectar.domain.kernel.ids import TradeId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.people.professional import Point


class SearchOrder(Enum):
    """How results are sorted; ties break by distance, then id."""

    DISTANCE = "distance"
    RATING = "rating"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCriteria:
    """What is looked for. `trade` None: any. `reach_only`: only those who travel that far."""

    near: Point
    radius_m: float
    trade: TradeId | None
    rating_min: float | None
    price_min: Money | None
    price_max: Money | None
    available: bool | None
    reach_only: bool
    order: SearchOrder
    page: Page


class Hit(NamedTuple):
    """A professional as search has him; `distance_m` from the moved point, in metres."""

    id: UserId
    first_name: str
    last_name: str
    trades: tuple[str, ...]
    hourly_rate: Money | None
    rating_average: float | None
    total_reviews: int
    points: int
    takes_instant: bool
    distance_m: float


SEARCH_TOTAL_MAX = 200
SEARCH_NEAREST = 1000
"""Order by rating or price works on so many of the nearest."""


class SearchReader(Protocol):
    """Search."""

    async def versions(self, topics: Sequence[str]) -> Mapping[str, int]:
        """How often each of these topics of `versions` changed; those that ever did."""
        ...

    async def trade_named(self, words: str) -> TradeId | None:
        """The trade with that name or word, given in lower case without accents, or id."""
        ...

    async def search(self, criteria: SearchCriteria) -> Listed[Hit]:
        """The total counts to SEARCH_TOTAL_MAX + 1 and no further."""
        ...
