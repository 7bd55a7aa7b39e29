"""The forms of the learner's pages."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db.models import F

from accounts.models import SavedSearch, User
from audit.clock import database_today
from centers.models import Center
from slots.searching.forms import SlotSearchForm
from slots.searching.widgets import DateInput, TimeInput

NEARBY_MILES = 60
NEARBY_AT_MOST = 12
LONGEST_LEAD = 365

_DAYS_AHEAD = f"Enter a whole number of days from 1 to {LONGEST_LEAD}"
_DATE = "Enter a date such as 27/3/2027"
_TIME = "Enter a time such as 22:00"


class SavedSearchForm(SlotSearchForm):
    """All that a saved search says; a link to results fills it in, by the same parameters."""

    order = None  # type: ignore[assignment]
    cursor = None  # type: ignore[assignment]
    method = forms.ChoiceField(
        label="How to tell you", required=False, initial=SavedSearch.Method.EMAIL,
        choices=[
            (SavedSearch.Method.EMAIL, "By e-mail"),
            (SavedSearch.Method.PUSH, "By a notification on my phone or computer"),
        ],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose e-mail or notifications"},
    )  # fmt: skip
    name = forms.CharField(
        label="A name for this search", required=False, max_length=100,
        help_text="Only you see it, for example “Near college”",
    )  # fmt: skip
    current_test_date = forms.DateField(
        label="Date of the test you have booked", required=False, widget=DateInput,
        help_text="We then alert you to earlier tests only", error_messages={"invalid": _DATE},
    )  # fmt: skip
    min_days_earlier = forms.IntegerField(
        label="At least how many days before it", required=False,
        min_value=1, max_value=LONGEST_LEAD,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _DAYS_AHEAD),
    )  # fmt: skip
    min_notice_days = forms.IntegerField(
        label="How many days’ notice you need", required=False,
        help_text="We leave out anything sooner", min_value=1, max_value=LONGEST_LEAD,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _DAYS_AHEAD),
    )  # fmt: skip

    UNCOMMON = (
        "date_from", "date_to", "weekday", "time_from", "time_until", "current_test_date",
        "min_days_earlier", "min_notice_days", "center", "name",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Until `offer_centers`, the chosen centres alone are offered."""
        super().__init__(*args, **kwargs)
        self.offer_centers(None)

    def offer_centers(self, origin: Point | None) -> None:
        """Offer the chosen centres, and with an origin the nearest ones to choose from."""
        chosen = Center.objects.open().filter(pk__in=self._chosen())
        near = [] if origin is None else nearest(origin)
        offered = dict.fromkeys([*chosen, *near])
        self.offer((center.pk, center.name) for center in offered)

    def _chosen(self) -> list[int]:
        values = self["center"].value() or []
        return [int(value) for value in values if re.fullmatch(r"\d{1,9}", str(value))]

    def clean_method(self) -> str:
        """E-mail unless said otherwise."""
        return self.cleaned_data["method"] or SavedSearch.Method.EMAIL

    def clean_current_test_date(self) -> date | None:
        """A booked test that is still to come."""
        day: date | None = self.cleaned_data["current_test_date"]
        if day and day <= database_today():
            raise ValidationError("This day has come. Leave it empty if you have no test booked")
        return day

    def clean(self) -> dict[str, Any]:
        """Besides what every search needs, windows that leave any day at all."""
        values = super().clean()
        booked, first = values.get("current_test_date"), values.get("date_from")
        if values.get("min_days_earlier") and not booked and "current_test_date" not in self.errors:
            self.add_error("current_test_date", "Enter the date of the test that you have booked")
        if booked and first and first >= booked:
            self.add_error("date_from", "The first day has to lie before the test you have booked")
        return values

    @property
    def wish(self) -> SavedSearch:
        """A valid form as a search that is not stored; its centres are `chosen_centers`."""
        values = self.cleaned_data
        place = self._place
        return SavedSearch(
            name=values["name"] or None,
            notification_radius=values["radius"],
            notification_method=values["method"],
            preferred_test_types=sorted(values["test_type"]) or None,
            postcode=place.get("postcode"),
            location=place.get("origin"),
            date_from=values["date_from"],
            date_to=values["date_to"],
            weekdays=sorted(values["weekday"]) or None,
            time_from=values["time_from"],
            time_until=values["time_until"],
            current_test_date=values["current_test_date"],
            min_days_earlier=values["min_days_earlier"],
            min_notice_days=values["min_notice_days"],
        )

    @property
    def chosen_centers(self) -> list[Center]:
        """The centres that a valid form names."""
        return list(self.cleaned_data["center"])

    @property
    def has_uncommon(self) -> bool:
        """Whether any field that is folded away says something, or has to be mended."""
        return any(self[name].value() or name in self.errors for name in self.UNCOMMON)


def nearest(origin: Point) -> Iterable[Center]:
    """The open centres that somebody near a point may want to choose from, nearest first."""
    near = Center.objects.open().within_miles(origin, NEARBY_MILES).with_miles_from(origin)
    return near.order_by(F("miles"))[:NEARBY_AT_MOST]


def initial_of(search: SavedSearch) -> dict[str, Any]:
    """What a form for changing a search starts from."""
    location = search.location
    near = "" if search.postcode or location is None else f"{location.y:.3f},{location.x:.3f}"
    return {
        "postcode": search.postcode or "",
        "near": near,
        "radius": search.notification_radius,
        "method": search.notification_method,
        "test_type": search.preferred_test_types or [],
        "weekday": search.weekdays or [],
        "center": [center.pk for center in search.centers.all()],
        **{name: getattr(search, name) for name in COPIED},
    }


COPIED = (
    "name", "date_from", "date_to", "time_from", "time_until", "current_test_date",
    "min_days_earlier", "min_notice_days",
)  # fmt: skip


class PauseForm(forms.Form):
    """Until when a search rests."""

    until = forms.DateField(
        label="Pause until", widget=DateInput,
        error_messages={"invalid": _DATE, "required": "Enter the day on which alerts start again"},
    )  # fmt: skip

    def clean_until(self) -> date:
        """A day that is still to come."""
        day: date = self.cleaned_data["until"]
        if day <= database_today():
            raise ValidationError("Choose a day after today")
        return day


class QuietHoursForm(forms.Form):
    """The hours in which no message goes out; both empty for none."""

    labels_say_optional = False

    quiet_from = forms.TimeField(
        label="From", required=False, widget=TimeInput, error_messages={"invalid": _TIME}
    )
    quiet_until = forms.TimeField(
        label="Until", required=False, widget=TimeInput, error_messages={"invalid": _TIME}
    )

    def clean(self) -> dict[str, Any]:
        """Both or neither, and not the same."""
        values = self.cleaned_data
        start, end = values.get("quiet_from"), values.get("quiet_until")
        if not self.errors and (start is None) != (end is None):
            missing = "quiet_from" if start is None else "quiet_until"
            self.add_error(missing, "Enter both times, or leave both empty")
        if start is not None and start == end:
            self.add_error("quiet_until", "Enter another time than the first")
        return values


class SignOutForm(forms.Form):
    """What becomes of the notifications in a browser where somebody signs out."""

    OFF, KEEP = "off", "keep"

    notifications = forms.ChoiceField(
        label="Keep alerts on this device?", initial=OFF, widget=forms.RadioSelect,
        choices=[
            (OFF, "No, turn them off here: other people use this device"),
            (KEEP, "Yes, keep them on: only I use this device"),
        ],
    )  # fmt: skip


class EraseForm(forms.Form):
    """The password, before everything is erased."""

    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """For the user who is to be erased."""
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """The present password; wrong tries are limited as at sign-in."""
        adapter = get_adapter()
        if not adapter.reauthenticate(self.user, self.cleaned_data["password"]):
            raise adapter.validation_error("incorrect_password")
        return str(self.cleaned_data["password"])
