"""Where Great Britain lies, in WGS 84 degrees: the bounds that every stored place keeps to."""

from django.db.models import Q

LATITUDES = (49, 61)
LONGITUDES = (-9, 2)


def contains(latitude: float, longitude: float) -> bool:
    """Whether a place lies within the bounds, border included; never for a NaN."""
    return LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]


def both_within_or_neither() -> Q:
    """The same rule for two nullable columns `latitude` and `longitude`."""
    neither = Q(latitude__isnull=True, longitude__isnull=True)
    within = Q(latitude__isnull=False, longitude__isnull=False)
    within &= Q(latitude__gte=LATITUDES[0], latitude__lte=LATITUDES[1])
    within &= Q(longitude__gte=LONGITUDES[0], longitude__lte=LONGITUDES[1])
    return neither | within
