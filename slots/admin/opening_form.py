"""The form with which staff open slots: one centre, some days, some times."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.admin import site
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError

from accounts.date_inputs import DateInput
from audit.clock import database_today
from centers.models import Center
from slots.models import Slot
from slots.staff_changes import Wanted

MOST_AT_ONCE = 500


class OpenSlotsForm(forms.Form):
    """Each of the times on each of the days is a slot."""

    center = forms.ModelChoiceField(
        Center.objects.filter(is_active=True),
        label="Test centre",
        widget=AutocompleteSelect(Slot._meta.get_field("center"), site),
    )
    test_type = forms.ChoiceField(label="Test", choices=Slot.TestType)
    first_day = forms.DateField(label="Day", widget=DateInput)
    last_day = forms.DateField(
        label="Until", required=False, widget=DateInput,
        help_text="Leave empty for one day. Otherwise every day up to and with this one",
    )  # fmt: skip
    times = forms.CharField(
        label="Times", help_text="One or more, such as 08:10 09:07 14:27",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )  # fmt: skip

    def clean_first_day(self) -> date:
        """A day that is to come."""
        day: date = self.cleaned_data["first_day"]
        if day < database_today():
            raise ValidationError("This day has passed.")
        return day

    def clean_times(self) -> list[time]:
        """Times of day, whatever stands between them."""
        words = re.split(r"[\s,;]+", self.cleaned_data["times"].strip(" \t\r\n,;"))
        return sorted({_time(word) for word in words})

    def clean(self) -> dict[str, Any]:
        """Days in their order, and not too many slots."""
        values = self.cleaned_data
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day is before the first.")
        elif first and len(self.days) * len(values.get("times", [])) > MOST_AT_ONCE:
            raise ValidationError(f"These are more than {MOST_AT_ONCE} slots at once.")
        return values

    @property
    def days(self) -> list[date]:
        """Every day from the first to the last, at most MOST_AT_ONCE and one."""
        first: date = self.cleaned_data["first_day"]
        last: date = self.cleaned_data.get("last_day") or first
        count = min((last - first).days, MOST_AT_ONCE) + 1
        return [first + timedelta(days=number) for number in range(count)]

    @property
    def wanted(self) -> list[Wanted]:
        """The slots of a valid form."""
        center, test_type = self.cleaned_data["center"], self.cleaned_data["test_type"]
        return [
            Wanted(center, test_type, day, at)
            for day in self.days
            for at in self.cleaned_data["times"]
        ]


def _time(word: str) -> time:
    try:
        return datetime.strptime(word, "%H:%M").time()  # noqa: DTZ007 - London's wall-clock
    except ValueError:
        raise ValidationError(f"“{word}” is not a time such as 08:10.") from None
