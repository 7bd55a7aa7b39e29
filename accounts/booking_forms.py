"""The forms in which a learner says what they have booked, passed and failed."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.bookings import FURTHEST
from accounts.date_inputs import WRONG_DATE, DateInput, TimeInput
from accounts.models import Booking
from centers.models import Center

TIME = "Enter a time such as 8:10"


class BookingForm(forms.Form):
    """What a learner may say of a test they have; each part is optional, and says why we ask."""

    date = forms.DateField(
        label="Its day", required=False,
        widget=DateInput,
        help_text="So that we can say until when you can change it without losing the fee",
        error_messages={"invalid": WRONG_DATE},
    )  # fmt: skip
    time = forms.TimeField(
        label="Its time", required=False,
        widget=TimeInput,
        help_text="Only so that you see your test here as it is",
        error_messages={"invalid": TIME},
    )  # fmt: skip
    center = forms.ModelChoiceField(
        Center.objects.none(), label="Where it is", required=False, empty_label="Not said",
        help_text="Public holidays differ between nations, and a test can be moved only to a "
        "few centres around its own",
        error_messages={"invalid_choice": "Choose a test centre from the list"},
    )  # fmt: skip
    first_center = forms.ModelChoiceField(
        Center.objects.none(), label="Where you booked it first", required=False,
        empty_label="Not said, or never moved",
        help_text="If you have moved it since: it can always go back there",
        error_messages={"invalid_choice": "Choose a test centre from the list"},
    )  # fmt: skip
    changes_used = forms.TypedChoiceField(
        label="How often you have changed it", required=False, coerce=int, empty_value=None,
        widget=forms.RadioSelect,
        help_text="So that we can say how many changes you have left. If DVSA moved it, count "
        "from then on",
        error_messages={"invalid_choice": "Choose one of these"},
    )  # fmt: skip

    def __init__(
        self, data: Any, *, booking: Booking, most_changes: int | None, today: datetime.date
    ) -> None:
        """For a stored or new booking; `most_changes` is None where no rule limits them."""
        names = ("date", "time", "center", "first_center", "changes_used")
        super().__init__(data, initial={name: getattr(booking, name) for name in names})
        self.today = today
        kept = Q(pk__in=[booking.center_id, booking.first_center_id]) | Q(is_active=True)
        for name in ("center", "first_center"):
            self.fields[name].queryset = Center.objects.filter(kept)  # type: ignore[attr-defined]
        used = range(max(most_changes or 0, booking.changes_used or 0) + 1)
        self.fields["changes_used"].choices = [("", "Not said"), *_numbered(used)]  # type: ignore[attr-defined]
        if booking.test_type == Booking.TestType.THEORY:
            del self.fields["first_center"], self.fields["changes_used"]

    def clean_date(self) -> datetime.date | None:
        """A day that is still to come, and not a slip in the year."""
        day: datetime.date | None = self.cleaned_data["date"]
        if day and day < self.today:
            raise ValidationError("Your test date must be in the future, or leave it blank")
        if day and day > self.today + FURTHEST:
            raise ValidationError("Check the year: no test is booked so far ahead")
        return day

    @property
    def said(self) -> dict[str, Any]:
        """A valid form's values by the names that `save_booking` gives them."""
        values = self.cleaned_data
        clock: datetime.time | None = values["time"]
        return {
            "day": values["date"], "clock": clock, "center": values["center"],
            "first_center": values.get("first_center"),
            "changes_used": values.get("changes_used"),
        }  # fmt: skip


class TestDatesForm(forms.Form):
    """When a learner passed and failed; both may be left empty."""

    theory_passed_on = forms.DateField(
        label="Theory test passed on", required=False,
        widget=DateInput,
        help_text="So that we can say when your pass ends",
        error_messages={"invalid": WRONG_DATE},
    )  # fmt: skip
    last_failed_on = forms.DateField(
        label="Practical test last failed on", required=False,
        widget=DateInput,
        help_text="So that we can say from when you can try again",
        error_messages={"invalid": WRONG_DATE},
    )  # fmt: skip

    def __init__(
        self, data: Any, *, today: datetime.date, initial: dict[str, datetime.date | None]
    ) -> None:
        """Say what is stored."""
        super().__init__(data, initial=initial)
        self.today = today

    def clean_theory_passed_on(self) -> datetime.date | None:
        """A day that has come."""
        return self._past("theory_passed_on")

    def clean_last_failed_on(self) -> datetime.date | None:
        """A day that has come."""
        return self._past("last_failed_on")

    def _past(self, name: str) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data[name]
        if day and day > self.today:
            raise ValidationError("This day is still to come. Leave it empty until then")
        if day and day.year < EARLIEST_YEAR:
            raise ValidationError("Check the year")
        return day


# The theory test was brought in in 1996.
EARLIEST_YEAR = 1996


def _numbered(numbers: range) -> list[tuple[int, str]]:
    words = {0: "Not yet", 1: "Once", 2: "Twice"}
    return [(number, words.get(number, f"{number} times")) for number in numbers]
