"""The ladder of levels. A level sets the commission of offers accepted from then on."""

from enum import Enum
from typing import NamedTuple

from conectar.domain.kernel.money import BasisPoints


class Level(Enum):
    """A rung of the ladder."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    DIAMOND = "diamond"


class Tier(NamedTuple):
    """From how many points a level begins, and the commission it pays."""

    level: Level
    from_points: int
    commission: BasisPoints


DEFAULT_TIERS = (
    Tier(Level.BRONZE, 0, BasisPoints(1500)),
    Tier(Level.SILVER, 500, BasisPoints(1200)),
    Tier(Level.GOLD, 2000, BasisPoints(1000)),
    Tier(Level.DIAMOND, 5000, BasisPoints(800)),
)


def tier_at(points: int, tiers: tuple[Tier, ...] = DEFAULT_TIERS) -> Tier:
    """The highest tier those points reach; tiers are ordered and begin at zero."""
    return [tier for tier in tiers if tier.from_points <= points][-1]
