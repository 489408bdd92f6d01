"""Versions of what the public reads, so that a copy can be known to be old.

What is shown changes with a row of `versions` in the same unit: one topic a professional, one a
square of the map of one degree. A version only grows; a copy made at one version is good for as
long as the version is that one. A square's count is kept in parts, for the professionals of a city
must not wait for each other to change their profiles.
"""

import math
from collections.abc import Iterable

from conectar.domain.kernel.ids import UserId
from conectar.domain.people.professional import EARTH_RADIUS_M, Point

PARTS = 16
SQUARES_MAX = 16
"""Who asks around more of the map is not answered from copies; 100 km are 15 in Argentina."""
KM_A_DEGREE = math.radians(1) * EARTH_RADIUS_M / 1000


def of_professional(id: UserId) -> str:
    """The topic of somebody's public profile."""
    return f"professional/{id}"


def of_place(point: Point) -> str:
    """The topic of the square a point lies in."""
    return _square(math.floor(point.latitude), math.floor(point.longitude))


def around(point: Point, radius_km: float) -> tuple[str, ...]:
    """The topics of every square that a circle may touch; none if they are too many, or the circle
    reaches a pole or the other side of the map."""
    up = radius_km / KM_A_DEGREE * 1.01
    farthest = abs(point.latitude) + up
    if farthest >= 89:
        return ()
    aside = up / math.cos(math.radians(farthest))
    rows = range(math.floor(point.latitude - up), math.floor(point.latitude + up) + 1)
    columns = range(math.floor(point.longitude - aside), math.floor(point.longitude + aside) + 1)
    if len(rows) * len(columns) > SQUARES_MAX or columns[0] < -180 or columns[-1] >= 180:
        return ()
    return tuple(_square(row, column) for row in rows for column in columns)


def touched(id: UserId, places: Iterable[Point]) -> list[str]:
    """The topics of somebody who was, or is now, found at these places, in the order in which they
    are locked."""
    return sorted({of_professional(id), *map(of_place, places)})


def part_of(id: UserId) -> int:
    """Which part of a topic one professional's changes are counted in."""
    return id.int % PARTS


def _square(row: int, column: int) -> str:
    return f"place/{row}/{column}"
