"""How far away: before the test that the learner has, and with notice."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.date_inputs import WRONG_DATE, DateInput
from accounts.models import SavedSearch
from alerts.criteria.criterion import ANY, Booked, Change, Criterion, Fault, Seen
from audit.clock import database_today
from slots.wording import day, days

LONGEST_LEAD = 365


def days_field(label: str, help_text: str = "") -> forms.IntegerField:
    """A whole number of days, up to a year."""
    wrong = f"Enter a whole number of days from 1 to {LONGEST_LEAD}"
    return forms.IntegerField(
        label=label, help_text=help_text, required=False, min_value=1, max_value=LONGEST_LEAD,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
    )  # fmt: skip


def is_to_come(value: date) -> None:
    """Refuse today and what is past, by the database's clock."""
    if value <= database_today():
        raise ValidationError("Your test date must be in the future, or leave it blank")


class Earlier(Criterion):
    """So many days before the test that the learner has booked, at least one.

    The booking of the slot's type says which day that is, where it says one; else the search.
    """

    name = "earlier"
    columns = ("current_test_date", "min_days_earlier")
    fits = """COALESCE(
        slot.date <= COALESCE(booking.date, search.current_test_date)
                     - GREATEST(search.min_days_earlier, 1), true)"""
    rule = "It is early enough before the present test"
    is_of_learner = True
    fields: ClassVar = {
        "current_test_date": forms.DateField(
            label="Date of the test you have booked", required=False, widget=DateInput,
            help_text="We then alert you to earlier tests only", validators=[is_to_come],
            error_messages={"invalid": WRONG_DATE},
        ),
        "min_days_earlier": days_field("At least how many days before it"),
    }  # fmt: skip

    def faults(self, values: Mapping[str, Any]) -> Iterator[Fault]:
        """Days before no test at all, and days that begin with that test."""
        booked, first = values.get("current_test_date"), values.get("date_from")
        if values.get("min_days_earlier") and not booked and not values["has_booking"]:
            yield "current_test_date", "Enter the date of the test that you have booked"
        if booked and first and first >= booked:
            yield "date_from", "The first day has to lie before the test you have booked"

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """Naming the day of the test; of each type's where that differs."""
        tests = {kind: on or search.current_test_date for kind, on in booked.items()}
        ahead = f"at least {days(max(search.min_days_earlier or 1, 1))} before"
        if len(set(tests.values())) > 1:
            each = (f"{kind} tests {ahead} yours on {day(on)}" for kind, on in tests.items() if on)
            return ", ".join(each)
        present = next(iter(tests.values()))
        return f"{ahead} your test on {day(present)}" if present else ""

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The slot's date, and how many days before which test."""
        booking = seen.learner.booking(seen.slot.test_type)
        present = (booking and booking.date) or search.current_test_date
        if present is None:
            return "no present test"
        ahead = max(search.min_days_earlier or 1, 1)
        return f"{seen.slot.date}; present test {present}, at least {ahead} days earlier"


class Notice(Criterion):
    """So many days from today."""

    name = "notice"
    columns = ("min_notice_days",)
    fits = "COALESCE(slot.date >= slot.today + search.min_notice_days, true)"
    rule = "It leaves enough notice"
    fields: ClassVar = {
        "min_notice_days": days_field(
            "How many days’ notice you need", "We leave out anything sooner"
        ),
    }

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """From the day of the alert."""
        return f"at least {days(search.min_notice_days)} ahead" if search.min_notice_days else ""

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The days that there were, and those that are needed."""
        return f"{_notice(seen)} days; wanted: {search.min_notice_days or ANY}"

    def narrower(self, search: SavedSearch, seen: Seen) -> Iterator[Change]:
        """One day more than there was."""
        notice = _notice(seen) + 1
        yield f"Nothing in the next {days(notice)}", {"min_notice_days": notice}


def _notice(seen: Seen) -> int:
    return (seen.slot.date - seen.today).days
