"""Learners, centres, searches, slots and openings, made in one line each."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from allauth.account.models import EmailAddress
from django.contrib.gis.geos import Point
from django.db import connection

from accounts.models import SavedSearch, User
from audit import config
from audit.models import SystemConfig
from centers.models import Center
from slots.models import Slot, SlotOpening

GOODMAYES = (51.56, 0.11)


def _a_monday_of_next_year() -> date:
    """From 4 to 10 January: days away whichever day it is today."""
    fourth = date(datetime.now(UTC).year + 1, 1, 4)
    return fourth + timedelta(days=-fourth.weekday() % 7)


# A Monday in winter that is still to come, noon; London's clocks show the same.
NOW = datetime.combine(_a_monday_of_next_year(), time(12), UTC)
DAY = NOW.date() + timedelta(weeks=4)
TIME = time(8, 10)

_numbers = count(1)


def set_config(name: str, value: str) -> None:
    """Store a setting as staff would, and have this process read it again."""
    SystemConfig.objects.update_or_create(key=name, defaults={"value": value})
    config.forget_cached()


def make_user(*, verified=True, **fields) -> User:
    """A person with a primary email address, verified unless said otherwise."""
    email = f"learner{next(_numbers)}@example.org"
    user = User.objects.create(email=email, password="x", **fields)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=verified)
    return user


def make_center(latitude=GOODMAYES[0], longitude=GOODMAYES[1], **fields) -> Center:
    """A centre, at Goodmayes unless said otherwise."""
    name = f"Center {next(_numbers)}"
    place = {"postcode": "IG3 9UZ", "latitude": latitude, "longitude": longitude}
    return Center.objects.create(name=name, **place | fields)


def make_search(user=None, *, place=GOODMAYES, centers=(), **fields) -> SavedSearch:
    """A search by email that has been there for a day; `place` is (latitude, longitude)."""
    location = Point(place[1], place[0], srid=4326) if place else None
    defaults = {"notification_method": "email", "created_at": NOW - timedelta(days=1)}
    search = SavedSearch.objects.create(
        user=user or make_user(), location=location, **defaults | fields
    )
    search.centers.add(*centers)
    return search


def make_slot(center, *, date=DAY, time=TIME, test_type="practical", **fields) -> Slot:
    """A slot that is open."""
    return Slot.objects.create(center=center, test_type=test_type, date=date, time=time, **fields)


def make_opening(slot, *, recorded_at=NOW, **fields) -> SlotOpening:
    """A slot's next opening, recorded at NOW unless said otherwise."""
    times = {"opened_at": recorded_at, "recorded_at": recorded_at}
    return SlotOpening.objects.create(slot=slot, episode=next(_numbers), **times, **fields)


def projected(center: Center, *, metres: float, azimuth: float) -> tuple[float, float]:
    """The place (latitude, longitude) so many metres from a centre, azimuth in degrees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Y(there::geometry), ST_X(there::geometry) FROM ("
            " SELECT ST_Project(location, %s, radians(%s)) AS there"
            " FROM dvsa_test_centers WHERE center_id = %s) projected",
            [metres, azimuth, center.pk],
        )
        return cursor.fetchone()
