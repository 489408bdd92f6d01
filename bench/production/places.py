"""Where people are and where they ask from: as `tools/seed.py` spreads them, or drawn together so
that a smaller country is as dense as the one of a million."""

import math
import random
from collections.abc import Iterator
from dataclasses import replace

from tools.seed import (
    CAPITAL,
    CAPITAL_KM,
    CAPITALS_SHARE,
    CITIES,
    CITY_KM,
    KM_A_DEGREE,
    people,
)

from conectar.domain.people.professional import Point, Professional
from conectar.domain.people.user import User

FULL = 1_000_000
"""At so many people the cities are as wide as `tools/seed.py` has them."""


def shrunk(count: int) -> float:
    """By how much lengths are drawn together so that density stays that of FULL."""
    return math.sqrt(count / FULL)


def place(chance: random.Random, factor: float = 1.0, capitals: float = CAPITALS_SHARE) -> Point:
    """Somewhere in a city, thinner outwards; each city `factor` times as wide."""
    capital = chance.random() < capitals
    centre, spread = (CAPITAL, CAPITAL_KM) if capital else (chance.choice(CITIES), CITY_KM)
    north, east = (chance.gauss(0, spread * factor) for _ in range(2))
    shrink = math.cos(math.radians(centre.latitude))
    return Point(
        centre.latitude + north / KM_A_DEGREE, centre.longitude + east / KM_A_DEGREE / shrink
    )


def asked_from(count: int, factor: float = 1.0, capitals: float = CAPITALS_SHARE) -> list[Point]:
    """Points to search from, spread as people are; the same every time."""
    chance = random.Random(20261127)
    return [place(chance, factor, capitals) for _ in range(count)]


def outside() -> list[Point]:
    """West and south-west of the capital, beyond its suburbs: few who live there come so far, and
    from some points all of the city is in a corner of the box, outside the circle."""
    shrink = math.cos(math.radians(CAPITAL.latitude))
    steps = [(0, west) for west in (40, 60, 80, 95)] + [(by, by) for by in range(50, 100, 7)]
    return [
        Point(
            CAPITAL.latitude - south / KM_A_DEGREE,
            CAPITAL.longitude - west / KM_A_DEGREE / shrink,
        )
        for south, west in steps
    ]


def residents(count: int, factor: float = 1.0) -> Iterator[tuple[User, Professional]]:
    """The people of `tools/seed.py`; with another factor, at home elsewhere."""
    chance = random.Random(count)
    for user, professional in people(count):
        if factor == 1.0:
            yield user, professional
        else:
            yield user, replace(professional, location=place(chance, factor))
