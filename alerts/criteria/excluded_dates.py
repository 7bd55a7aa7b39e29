"""On which days not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from accounts.models import SavedSearch
from accounts.models.day_ranges import DayRange
from alerts.criteria.criterion import Booked, Change, Criterion, Fault, Seen
from alerts.criteria.day_ranges_field import MOST_RANGES, DayRangesField, as_text
from audit.clock import database_today
from slots.wording import between_dates, day, listed


class ExcludedDates(Criterion):
    """On none of the days that the learner can't make, each range's both ends included."""

    name = "excluded_dates"
    columns = ("excluded_dates",)
    # The planner knows how many are null, and nothing of what COALESCE gives.
    fits = "(search.excluded_dates IS NULL OR NOT slot.date <@ search.excluded_dates)"
    rule = "The date is not one that was left out"
    fields: ClassVar = {
        "excluded": DayRangesField(
            label="Days you can’t make",
            help_text="Such as a holiday: we don’t alert you to tests on these days. Leave the "
            "last day empty if it is one day. To add more rows, continue and choose “Change "
            "something”.",
        )
    }

    def from_form(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """None where nothing is left out."""
        return {"excluded_dates": values["excluded"] or None}

    def to_form(self, search: SavedSearch) -> dict[str, Any]:
        """Those that have not passed."""
        excluded = search.excluded_dates or []
        today = database_today() if excluded else date.min
        return {"excluded": [as_text(each) for each in excluded if today <= each.last]}

    def faults(self, values: Mapping[str, Any]) -> Iterator[Fault]:
        """All the days of a search that has a last one."""
        excluded, last = values.get("excluded"), values.get("date_to")
        if not excluded or not last:
            return
        first = values.get("date_from") or database_today()
        if any(each.first <= first and last <= each.last for each in excluded):
            yield "excluded", "This leaves no day of your search. Keep one, or change its last day"

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """Each range, or the one day that it is."""
        said = [_said(each) for each in search.excluded_dates or []]
        return f"not {listed(said, 'or')}" if said else ""

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The slot's date, and all that is left out."""
        left_out = ", ".join(map(str, search.excluded_dates or [])) or "none"
        return f"{seen.slot.date}; left out: {left_out}"

    def narrower(self, search: SavedSearch, seen: Seen) -> Iterator[Change]:
        """The slot's day as well, as long as there is room for it."""
        excluded = self.to_form(search)["excluded"]
        if len(excluded) < MOST_RANGES:
            days = DayRange(seen.slot.date, seen.slot.date)
            yield f"Not on {day(days.first)}", {"excluded": [*excluded, as_text(days)]}


def _said(days: DayRange) -> str:
    if days.first == days.last:
        return f"on {day(days.first)}"
    return between_dates(days.first, days.last)
