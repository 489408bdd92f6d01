"""The ladder of levels. A level sets the commission of offers accepted from then on."""

from enum import Enum
from typing import NamedTuple

from conectar.domain.kernel.money import Rate


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
    commission: Rate


DEFAULT_TIERS = (
    Tier(Level.BRONZE, 0, Rate(1500)),
    Tier(Level.SILVER, 500, Rate(1200)),
    Tier(Level.GOLD, 2000, Rate(1000)),
    Tier(Level.DIAMOND, 5000, Rate(800)),
)


def tier_at(points: int, tiers: tuple[Tier, ...] = DEFAULT_TIERS) -> Tier:
    """The highest tier those points reach; tiers are ordered and begin at zero."""
    return [tier for tier in tiers if tier.from_points <= points][-1]
