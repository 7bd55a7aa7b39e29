"""Centres by where they are."""

import pytest
from django.db import connection

from centers.models import Center
from centers.querysets import METRES_PER_MILE, point

pytestmark = pytest.mark.django_db
HOME = point(latitude=51.56, longitude=0.11)
PROJECT = """
SELECT ST_Y(there::geometry), ST_X(there::geometry)
FROM ST_Project(ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography, %s, radians(%s)) AS there
"""


def center_at(metres, degrees, **fields):
    """A centre so many metres from home on the spheroid, to the nearest that is stored."""
    with connection.cursor() as cursor:
        cursor.execute(PROJECT, [HOME.x, HOME.y, metres, degrees])
        latitude, longitude = cursor.fetchone()
    fields |= {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}
    return Center.objects.create(name=str(degrees), postcode="IG3 9UZ", **fields)


@pytest.mark.parametrize("degrees", [0, 45, 90, 200])
def test_within_so_many_miles_goes_by_the_spheroid(degrees):
    inside = center_at(10 * METRES_PER_MILE - 1, degrees)
    center_at(10 * METRES_PER_MILE + 1, degrees + 1)
    assert list(Center.objects.within_miles(HOME, 10)) == [inside]


def test_the_border_is_included():
    center = center_at(9000, 70)
    miles = Center.objects.with_miles_from(HOME).get().miles
    assert list(Center.objects.within_miles(HOME, miles)) == [center]


def test_a_centre_without_a_place_is_nowhere_near():
    Center.objects.create(name="Nowhere", postcode="IG3 9UZ")
    assert not Center.objects.within_miles(HOME, 500).exists()


def test_a_closed_centre_is_not_open():
    center_at(100, 0, is_active=False)
    assert not Center.objects.open().exists()


def test_miles_are_statute_miles():
    center_at(10 * METRES_PER_MILE, 123)
    assert Center.objects.with_miles_from(HOME).get().miles == pytest.approx(10, abs=1e-4)
