"""The box around a circle on the sphere."""

import math
from typing import NamedTuple

from conectar.domain.people.professional import EARTH_RADIUS_M, Point

MARGIN = 1.001
"""The box is a little larger than the circle, so that no rounding loses anybody at its edge."""
MAP_ENDS = 85.0
"""Degrees from the equator, as far as a Mercator map is of use."""


class Bounds(NamedTuple):
    """Degrees; `west` and `east` may lie beyond the 180th meridian, on whose other side the circle
    goes on."""

    south: float
    west: float
    north: float
    east: float

    @property
    def between_meridians(self) -> bool:
        """Whether the circle does not cross the 180th, nor goes around a pole."""
        return self.west >= -180.0 and self.east <= 180.0

    @property
    def parts(self) -> tuple["Bounds", ...]:
        """The box on either side of the 180th meridian, each between -180 and 180."""
        if self.between_meridians:
            return (self,)
        if self.east - self.west >= 360:
            return (self._replace(west=-180.0, east=180.0),)
        if self.west < -180:
            return self._replace(west=-180.0), self._replace(west=self.west + 360, east=180.0)
        return self._replace(east=180.0), self._replace(west=-180.0, east=self.east - 360)

    @property
    def on_the_map(self) -> bool:
        """Whether the whole of it is on a Mercator map."""
        return self.between_meridians and max(-self.south, self.north) <= MAP_ENDS


def around(point: Point, radius_m: float) -> Bounds:
    """The box of a circle."""
    up = math.degrees(radius_m / EARTH_RADIUS_M) * MARGIN
    narrowest = math.cos(math.radians(min(abs(point.latitude) + up, 90.0)))
    aside = up / narrowest if narrowest > 0.01 else 360.0
    south, north = point.latitude - up, point.latitude + up
    return Bounds(south, point.longitude - aside, north, point.longitude + aside)
