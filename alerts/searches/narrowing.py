"""“Not for me”: how a search could be narrowed so that such a slot is no longer alerted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from accounts.models import SavedSearch
from alerts.models import UserAlert
from alerts.pages.forms import initial_of
from slots.models import Slot
from slots.wording import ALL_DAYS, DAYS, clock, days, miles

MINUTE = timedelta(minutes=1)
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True)
class Narrowing:
    """One way to narrow a search: what it leaves out, and the changed search as a query string."""

    label: str
    query: str


def narrowings(alert: UserAlert, *, today: date) -> list[Narrowing]:
    """Every way that fits an alert whose search still exists; `today` is London's."""
    search = alert.preference
    if search is None:
        return []
    changes = [*_by_day(search, alert.slot, today), *_by_time(alert.slot), *_by_place(alert)]
    changes += _by_type(search, alert.slot)
    return [Narrowing(label, query_of(search, **change)) for label, change in changes]


Change = tuple[str, dict[str, Any]]


def _by_day(search: SavedSearch, slot: Slot, today: date) -> Iterator[Change]:
    others = set(search.weekdays or range(1, ALL_DAYS + 1)) - {slot.date.isoweekday()}
    if others:
        yield f"Not on {DAYS[slot.date.isoweekday() - 1]}", {"weekday": sorted(others)}
    notice = (slot.date - today).days + 1
    yield f"Nothing in the next {days(notice)}", {"min_notice_days": notice}


def _by_time(slot: Slot) -> Iterator[Change]:
    if slot.time > time.min:
        yield (
            f"Nothing at {clock(slot.time)} or later",
            {"time_until": _shifted(slot.time, -MINUTE)},
        )
    if slot.time < LAST_MINUTE:
        yield (
            f"Nothing at {clock(slot.time)} or earlier",
            {"time_from": _shifted(slot.time, MINUTE)},
        )


def _by_place(alert: UserAlert) -> Iterator[Change]:
    """The largest whole number of miles that is less than the way to this centre."""
    if alert.miles is not None and alert.miles > 1:
        radius = int(alert.miles) - int(alert.miles == int(alert.miles))
        yield f"Only within {miles(radius)}", {"radius": radius, "center": []}


def _by_type(search: SavedSearch, slot: Slot) -> Iterator[Change]:
    others = set(search.preferred_test_types or Slot.TestType.values) - {slot.test_type}
    if others:
        yield f"No {slot.test_type} tests", {"test_type": sorted(others)}


def _shifted(moment: time, by: timedelta) -> time:
    return (datetime.combine(date.min + timedelta(days=1), moment) + by).time()


def query_of(search: SavedSearch, **changed: Any) -> str:
    """A stored search as the query string of the page that changes it."""
    values = initial_of(search) | changed
    said = {name: _said(value) for name, value in values.items() if value not in (None, "", [])}
    return urlencode(said, doseq=True)


def _said(value: Any) -> Any:
    return value.isoformat("minutes") if isinstance(value, time) else value
