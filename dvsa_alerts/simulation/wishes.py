"""Which slot the simulated source opens so that the newest saved search has something to tell."""

from datetime import date, datetime, time
from random import Random
from typing import Any

from django.db import connection

from accounts.models import SavedSearch
from alerts.criteria import FITS
from alerts.criteria.terms import BOOKING_JOIN, Terms, with_terms
from centers.models import Center
from dvsa_alerts.simulation import rhythm
from slots.models import Slot
from slots.querysets import LONDON

NEAR_MILES = 10
SEARCHES_LOOKED_AT = 50

FITTING = f"""
WITH opened AS (
    SELECT 'practical'::text AS test_type, day AS date, at AS time,
           extract(isodow FROM day)::smallint AS weekday, %(today)s::date AS today,
           %(center)s::integer AS center_id
      FROM unnest(%(days)s::date[], %(times)s::time[]) AS start (day, at)
), slot AS ({with_terms("opened")}
)
SELECT slot.date, slot.time FROM slot CROSS JOIN userpreferences search
{BOOKING_JOIN}
 WHERE search.preference_id = %(search)s AND {FITS}
 ORDER BY slot.date, slot.time
"""  # noqa: S608 - put together from constants

Start = tuple[date, time]
Key = tuple[int, date, time]


def wished_slot(rng: Random, open_now: set[Key], now: datetime) -> Key | None:
    """A practical slot (center id, date, start) that the newest search with a place asks for.

    Where there is a choice, it was never open before: its opening is told to everybody. None
    without such a search, or when nothing near it is free.
    """
    search = _newest_search(now)
    center = _center_near(search, rng) if search else None
    if search is None or center is None:
        return None
    today = now.astimezone(LONDON).date()
    starts = _starts_within(search, center, today) or rhythm.all_starts(today)
    free = [start for start in starts if (center, *start) not in open_now]
    rows = Slot.objects.filter(center=center, test_type="practical", date__gt=today)
    used = set(rows.values_list("date", "time"))
    choices = [start for start in free if start not in used] or free
    start = _nearest(rhythm.test_start(rng, today), choices)
    return (center, *start) if start else None


def _newest_search(now: datetime) -> SavedSearch | None:
    """No test types wanted means all of them."""
    searches = SavedSearch.objects.looking(now).exclude(location=None).order_by("-id")
    for search in searches[:SEARCHES_LOOKED_AT]:
        if not search.preferred_test_types or "practical" in search.preferred_test_types:
            return search
    return None


def _center_near(search: SavedSearch, rng: Random) -> int | None:
    """One of the centres within NEAR_MILES and the search's radius, else the nearest in either."""
    chosen = set(search.centers.values_list("id", flat=True))
    miles = _miles_to_centers(search)
    centers = [center for center in miles if center in chosen] or list(miles)
    close = min(NEAR_MILES, search.notification_radius)
    near = [center for center in centers if miles[center] <= close]
    return rng.choice(near) if near else next(iter(centers), None)


def _miles_to_centers(search: SavedSearch) -> dict[int, float]:
    """How far each centre within NEAR_MILES or the search's radius is, nearest first."""
    if search.location is None:
        return {}
    reach = max(NEAR_MILES, search.notification_radius)
    found = Center.objects.open().within_miles(search.location, reach)
    rows = found.with_miles_from(search.location).values_list("id", "miles")  # type: ignore[misc]
    return dict(rows.order_by("miles", "id"))  # type: ignore[misc]


def _starts_within(search: SavedSearch, center: int, today: date) -> list[Start]:
    """The starts at a centre that the search asks for, and that its learner can take."""
    days, times = map(list, zip(*rhythm.all_starts(today), strict=True))
    values: dict[str, Any] = {
        "search": search.pk, "center": center, "today": today, "days": days, "times": times,
    } | Terms.read().values(days=[today], dates=set(days))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FITTING, values)
        return cursor.fetchall()


def _nearest(wanted: Start, choices: list[Start]) -> Start | None:
    return min(choices, key=lambda start: (abs(start[0] - wanted[0]), start), default=None)
