"""How many openings a search that is not saved yet would have been told of."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.gis.geos import Point

from accounts.models import SavedSearch
from alerts.matching.counting import openings_fitting
from tests.alerts.world import (
    DAY,
    GOODMAYES,
    NOW,
    make_center,
    make_opening,
    make_slot,
    projected,
)

pytestmark = pytest.mark.django_db
SINCE = NOW - timedelta(days=7)


def wish(place=GOODMAYES, **fields) -> SavedSearch:
    """A search as a form has cleaned it, not saved."""
    location = Point(place[1], place[0], srid=4326) if place else None
    defaults = {
        "notification_radius": 10, "notification_method": "email", "only_bookable": True,
    }  # fmt: skip
    return SavedSearch(location=location, **defaults | fields)


def count(search: SavedSearch, centers=()) -> int:
    """Openings of the last seven days that fit."""
    return openings_fitting(search, since=SINCE, centers=centers)


def test_openings_within_the_radius_count_border_included():
    center = make_center()
    make_opening(make_slot(center))
    for azimuth in range(0, 360, 30):
        place = projected(center, metres=10 * 1609.344, azimuth=azimuth)
        assert count(wish(place)) == 1
    assert count(wish(projected(center, metres=10 * 1609.344 + 0.001, azimuth=0))) == 0


def test_each_opening_of_a_slot_counts_also_once_the_slot_is_taken():
    slot = make_slot(make_center(), available=False)
    for days in (1, 2):
        closed_at = NOW - timedelta(days=days)
        make_opening(slot, recorded_at=closed_at, closed_at=closed_at, close_reason="gone")
    assert count(wish()) == 2


def test_what_was_recorded_before_then_does_not_count():
    slot = make_slot(make_center())
    make_opening(slot, recorded_at=SINCE)
    assert count(wish()) == 1
    slot.openings.update(recorded_at=SINCE - timedelta(microseconds=1))
    assert count(wish()) == 0


def test_what_nobody_was_told_of_does_not_count():
    make_opening(make_slot(make_center()), quiet="baseline")
    assert count(wish()) == 0


def test_chosen_centers_count_instead_of_the_radius():
    near, far = make_center(), make_center(57.5, -4.2)
    make_opening(make_slot(near))
    assert count(wish(), [far]) == 0
    assert count(wish(None), [near, far]) == 1


def test_without_place_and_centers_nothing_fits():
    make_opening(make_slot(make_center()))
    assert count(wish(None)) == 0


def test_a_closed_center_does_not_count():
    make_opening(make_slot(make_center(is_active=False)))
    assert count(wish()) == 0


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ({"preferred_test_types": ["theory"]}, 0),
        ({"preferred_test_types": []}, 1),
        ({"weekdays": [1], "time_from": time(8, 10), "time_until": time(8, 10)}, 1),
        ({"weekdays": [2]}, 0),
        ({"date_from": DAY, "date_to": DAY}, 1),
        ({"date_to": DAY - timedelta(days=1)}, 0),
        ({"current_test_date": DAY}, 0),
        ({"current_test_date": DAY + timedelta(days=14), "min_days_earlier": 14}, 1),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, dict) else str(each),
)
def test_windows_are_those_of_matching(windows, expected):
    make_opening(make_slot(make_center()))
    assert count(wish(**windows)) == expected


def test_notice_counts_from_the_london_day_of_each_opening():
    recorded_at = datetime(NOW.year, 6, 14, 23, 30, tzinfo=UTC)
    make_opening(make_slot(make_center(), date=date(NOW.year, 6, 24)), recorded_at=recorded_at)
    assert count(wish(min_notice_days=9)) == 1
    assert count(wish(min_notice_days=10)) == 0
