"""Distances between two places in Python; the database's own are of `centers.querysets`."""

import math

from centers.querysets import METRES_PER_MILE

# Mean radius of the earth, IUGG 1980.
EARTH_METRES = 6_371_008.8


def miles_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance in statute miles, by the haversine formula.

    Each place is latitude and longitude in degrees. Within half a per cent of the spheroid's.
    """
    north, south = math.radians(one[0]), math.radians(other[0])
    east = math.radians(one[1] - other[1])
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(half)) / METRES_PER_MILE
