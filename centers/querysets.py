"""Reading centres by where they are."""

from typing import TYPE_CHECKING

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db import models
from django.db.models import FloatField, Func, Q, Value
from django.db.models.functions import Cast

if TYPE_CHECKING:
    from centers.models import Center, NearestCenter  # noqa: F401

METRES_PER_MILE = 1609.344
# Of points laid out at exactly 10 miles, nearly half come back nanometres farther: they are in.
BORDER_METRES = 0.000001


def point(*, latitude: float, longitude: float) -> Point:
    """A WGS 84 point from two numbers in degrees; x is the longitude."""
    return Point(float(longitude), float(latitude), srid=4326)


def metres_within(miles: float) -> float:
    """How many metres "within so many statute miles" reaches, with its border."""
    return miles * METRES_PER_MILE + BORDER_METRES


class CenterQuerySet(models.QuerySet["Center"]):
    """Centres, in the words of the domain."""

    def open(self) -> "CenterQuerySet":
        """Centres that have not closed for good."""
        return self.filter(is_active=True)

    def named(self, text: str) -> "CenterQuerySet":
        """Centres whose name, town or other names hold a text, whatever its case."""
        return self.filter(
            Q(name__icontains=text) | Q(town__icontains=text) | Q(aliases__alias__icontains=text)
        ).distinct()

    def known_as(self, text: str) -> "CenterQuerySet":
        """Centres so named, or with this official number."""
        return self.named(text) | self.filter(code__iexact=text.strip()).distinct()

    def within_miles(self, origin: Point, miles: float) -> "CenterQuerySet":
        """Centres at most so many statute miles from a point, on the spheroid, border included."""
        return self.filter(location__dwithin=(origin, D(m=metres_within(miles))))

    def with_miles_from(self, origin: Point) -> "CenterQuerySet":
        """Annotate `miles`: statute miles on the spheroid from a point, as a float."""
        metres = Func(
            Distance("location", origin),
            function="",
            template="(%(expressions)s)",
            output_field=FloatField(),
        )
        return self.annotate(miles=Cast(metres, FloatField()) / Value(METRES_PER_MILE))


class NearestCenterQuerySet(models.QuerySet["NearestCenter"]):
    """Lists of nearest centres, in the words of the domain."""

    def open(self) -> "NearestCenterQuerySet":
        """Without those that have closed, the nearest first."""
        return self.filter(other__is_active=True).select_related("other").order_by("rank")
