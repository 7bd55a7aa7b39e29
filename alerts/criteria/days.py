"""On which days: between two dates, and on which days of the week."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accounts.models import SavedSearch
from alerts.criteria.criterion import ANY, Booked, Change, Criterion, Seen
from slots.wording import ALL_DAYS, DAYS, WEEKDAYS, between_dates, on_weekdays


class Dates(Criterion):
    """From a first day to a last, both included."""

    name = "dates"
    columns = ("date_from", "date_to")
    fits = """
        slot.date BETWEEN COALESCE(search.date_from, slot.date)
                      AND COALESCE(search.date_to, slot.date)"""
    rule = "The date is in its window"

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """As of a search of slots."""
        return between_dates(search.date_from, search.date_to)

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The slot's date, and both ends."""
        return f"{seen.slot.date}; from {search.date_from or ANY} to {search.date_to or ANY}"


class Weekdays(Criterion):
    """On one of the chosen days of the week (ISO, Monday = 1)."""

    name = "weekdays"
    columns = ("weekdays",)
    fits = """(
        search.weekdays IS NULL OR search.weekdays = '{}'
        OR slot.weekday = ANY (search.weekdays))"""
    rule = "The day of the week is wanted"

    def from_form(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """None for all of them."""
        return {"weekdays": sorted(values["weekday"]) or None}

    def to_form(self, search: SavedSearch) -> dict[str, Any]:
        """By the name that links to results have for it."""
        return {"weekday": search.weekdays or []}

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """As of a search of slots."""
        return on_weekdays(search.weekdays)

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The slot's, and those that are wanted."""
        wanted = ", ".join(WEEKDAYS[number - 1] for number in search.weekdays or []) or ANY
        return f"{WEEKDAYS[seen.slot.date.weekday()]}; wanted: {wanted}"

    def narrower(self, search: SavedSearch, seen: Seen) -> Iterator[Change]:
        """Only the others that are wanted."""
        number = seen.slot.date.isoweekday()
        if others := set(search.weekdays or range(1, ALL_DAYS + 1)) - {number}:
            yield f"Not on {DAYS[number - 1]}", {"weekday": sorted(others)}
