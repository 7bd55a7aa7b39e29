"""The working days that the canary counts by, and by whose holidays each centre goes.

From the package of holidays itself: nothing of what matching makes of it is used here.
"""

import json
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Min
from holidays import country_holidays

from centers.models import Center
from slots.models import SlotOpening

NATIONS = ("ENG", "SCT", "WLS")
EVERYWHERE = ",".join(NATIONS)
# Days that count by any reading, for the wait after a failed test.
LENIENT = "lenient"
DAY, YEAR = timedelta(days=1), timedelta(days=366)
SATURDAY, SUNDAY = 6, 7


def working_days(openings: Collection[int]) -> dict[str, Any]:
    """How many working days there were up to each day, by whose holidays count.

    From a year before these openings were matched to a year after the last of their slots.
    """
    located = {each.pk: _key(each) for each in Center.objects.only("nation", "postcode")}
    counted = _counted({*located.values(), EVERYWHERE, LENIENT}, *_ends(openings))
    calendar = {f"{key} {day}": so_far for key, day, so_far in counted}
    return {"located": json.dumps(located), "calendar": json.dumps(calendar)}


def _key(center: Center) -> str:
    return ",".join(sorted(center.nations))


def _ends(openings: Collection[int]) -> tuple[date, date]:
    found = SlotOpening.objects.filter(pk__in=openings, matched_at__isnull=False)
    ends = found.aggregate(first=Min("matched_at__date"), last=Max("slot__date"))
    if ends["first"] is None:
        return date.max, date.min
    return ends["first"] - YEAR, max(ends["first"], ends["last"]) + YEAR


def _counted(keys: Collection[str], first: date, last: date) -> Iterator[tuple[str, date, int]]:
    years = range(first.year, last.year + 1)
    off = {each: set(country_holidays("GB", subdiv=each, years=years)) for each in NATIONS}
    for key in sorted(keys):
        day, so_far = first, 0
        while day <= last:
            so_far += _counts(day, key, off)
            yield key, day, so_far
            day += DAY


def _counts(day: date, key: str, off: dict[str, set[date]]) -> bool:
    weekday = day.isoweekday()
    if key == LENIENT:
        return weekday == SATURDAY or (
            weekday != SUNDAY and any(day not in kept for kept in off.values())
        )
    return weekday != SUNDAY and not any(day in off[nation] for nation in key.split(","))
