"""A form's field of several ranges of days: rows of a first and a last day."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from accounts.bookings import FURTHEST
from accounts.models.day_ranges import DayRange
from audit.clock import database_today
from slots.wording import day

MOST_RANGES = 10
EMPTY_ROWS = 2
# Between the first day and the last in links, and in what comes back from a row.
TO = ".."


def as_text(days: DayRange) -> str:
    """As links have it: `2026-12-14..2026-12-21`."""
    return f"{days.first}{TO}{days.last}"


class DayRangesInput(forms.Widget):
    """A row of two inputs for each range, and empty ones for more."""

    template_name = "alerts/_day_ranges.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """From a link, or from the rows as they were typed."""
        if not isinstance(data, MultiValueDict):
            return list(data.get(name, []))
        firsts, lasts = data.getlist(f"{name}_from"), data.getlist(f"{name}_to")
        rows = zip_longest(firsts, lasts, fillvalue="")
        typed = [f"{first}{TO}{last}" for first, last in rows if first or last]
        return [*data.getlist(name), *typed]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With `rows`, each a first and a last day."""
        context = super().get_context(name, value, attrs)
        rows = [_ends(text) for text in value or []]
        context["widget"]["rows"] = rows + [("", "")] * EMPTY_ROWS
        return context

    def format_value(self, value: Any) -> Any:
        """The rows say it."""
        return value


class DayRangesField(forms.Field):
    """Reads a list of DayRange; those that overlap or touch are joined."""

    widget = DayRangesInput
    hidden_widget = forms.MultipleHiddenInput

    def __init__(self, *, label: str, help_text: str) -> None:
        super().__init__(required=False, label=label, help_text=help_text)
        self._day = forms.DateField(
            required=False, error_messages={"invalid": "Enter dates such as 27/3/2027"}
        )

    def to_python(self, value: Sequence[str] | None) -> list[DayRange]:
        """Each range for itself, then joined."""
        found = [self._read(text) for text in value or []]
        if len(found) > MOST_RANGES:
            raise ValidationError(f"Leave out at most {MOST_RANGES} ranges of days")
        return joined(found)

    def _read(self, text: str) -> DayRange:
        first, last = map(self._day.clean, _ends(text))
        if first is None:
            raise ValidationError("Enter the first day too")
        last = last or first
        if last < first:
            raise ValidationError(f"The last day, {day(last)}, is before the first")
        return DayRange(first, last)

    def validate(self, value: list[DayRange]) -> None:
        """Ranges that have not passed, and of days that a test can be on."""
        today = database_today() if value else date.min
        for days in value:
            if days.last < today:
                raise ValidationError(f"{day(days.last)} has passed. Choose later days")
            if days.last > today + FURTHEST:
                raise ValidationError("Choose days within the next 2 years")


def joined(ranges: Iterable[DayRange]) -> list[DayRange]:
    """In order, and apart by at least a day."""
    found: list[DayRange] = []
    for days in sorted(ranges):
        if found and days.first.toordinal() <= found[-1].last.toordinal() + 1:
            found[-1] = DayRange(found[-1].first, max(found[-1].last, days.last))
        else:
            found.append(days)
    return found


def _ends(text: str) -> tuple[str, str]:
    first, _, last = text.partition(TO)
    return first, last
