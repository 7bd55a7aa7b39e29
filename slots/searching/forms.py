"""The search form: reads the parameters of the page and of the API alike."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.date_inputs import WRONG_DATE, DateInput, TimeInput
from audit.clock import database_today
from centers.forms import DEFAULT_RADIUS, near_field, radius_field, read_near
from centers.geocoding import NotAPostcode, Place, PostcodeError, Precision, locate
from centers.models import Center
from centers.querysets import point
from centers.towns import NotATown, Town, find_town
from slots.models import Slot
from slots.searching.search import Cursor, Order, SlotSearch
from slots.searching.widgets import Checkboxes

WEEKDAYS = [
    (1, "Monday"), (2, "Tuesday"), (3, "Wednesday"), (4, "Thursday"), (5, "Friday"),
    (6, "Saturday"), (7, "Sunday"),
]  # fmt: skip
_TIME = "Enter a time such as 08:30"
_PLACE = "Enter a postcode, such as IG3 9UZ, or a town"
_AROUND = "To see the test centres around it too, enter a postcode."
# What says where, and what no longer fits once that changes.
_PLACES = {"postcode", "near", "center", "cursor"}
_CURSOR = "This link to a later page doesn't fit the search. Search again from the first page"


def _note(place: Place) -> str:
    """What a learner should know of where a postcode was placed, or ""."""
    if place.ended:
        return f"{place.postcode} is no longer in use. Distances are from where it was."
    if place.precision != Precision.EXACT:
        return "Distances are from the middle of this postcode's area."
    return ""


class SlotSearchForm(forms.Form):
    """Where, which and when; unknown parameters are left alone."""

    # A field of a search may always be left empty, so its label doesn't say so.
    labels_say_optional = False

    postcode = forms.CharField(
        label="Postcode or town", required=False, max_length=60,
        help_text="For example, IG3 9UZ, just IG3, or a town with a test centre",
        error_messages={"max_length": _PLACE},
        widget=forms.TextInput({"autocomplete": "postal-code", "spellcheck": "false"}),
    )  # fmt: skip
    near = near_field()
    radius = radius_field(initial=DEFAULT_RADIUS)
    test_type = forms.MultipleChoiceField(
        label="Test", required=False, choices=Slot.TestType.choices, widget=Checkboxes,
        error_messages={"invalid_choice": "Choose practical, theory or both"},
    )  # fmt: skip
    date_from = forms.DateField(
        label="First day", required=False, widget=DateInput, error_messages={"invalid": WRONG_DATE}
    )
    date_to = forms.DateField(
        label="Last day", required=False, widget=DateInput, error_messages={"invalid": WRONG_DATE}
    )
    weekday = forms.TypedMultipleChoiceField(
        label="Days of the week", required=False, choices=WEEKDAYS, coerce=int, widget=Checkboxes,
        error_messages={"invalid_choice": "Days are numbered from 1, Monday, to 7, Sunday"},
    )  # fmt: skip
    time_from = forms.TimeField(
        label="Earliest time", required=False, widget=TimeInput, error_messages={"invalid": _TIME}
    )
    time_until = forms.TimeField(
        label="Latest time", required=False, widget=TimeInput, error_messages={"invalid": _TIME}
    )
    center = forms.ModelMultipleChoiceField(
        Center.objects.open(), label="Only these centres", required=False, widget=Checkboxes,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_pk_value"), "Choose centres from the list of centres"
        ),
    )  # fmt: skip
    order = forms.ChoiceField(
        label="Order", required=False, choices=Order.choices, initial=Order.SOONEST,
        error_messages={"invalid_choice": "The order is either soonest or nearest"},
    )  # fmt: skip
    cursor = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    # The town that was named, and those that may be meant where that isn't plain.
    town: Town | None = None
    towns: Iterable[Town] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """No centre is offered before `offer`: a field of the country's centres helps nobody."""
        super().__init__(*args, **kwargs)
        self.offer([])

    def offer(self, centers: Iterable[tuple[int, str]]) -> None:
        """Offer these centres (id and name) to choose from; any other may be named all the same."""
        self.fields["center"].widget.choices = list(centers)

    def clean_postcode(self) -> Place | None:
        """A located place, or None where no postcode was given; then `town` may be set."""
        text = self.cleaned_data["postcode"]
        try:
            return locate(text) if text else None
        except NotAPostcode as error:
            if any(map(str.isdigit, text)) or not any(map(str.isalpha, text)):
                raise ValidationError(str(error)) from error
            self._find_town(text)
            return None
        except PostcodeError as error:
            raise ValidationError(str(error)) from error

    def _find_town(self, text: str) -> None:
        try:
            self.town = find_town(text)
        except NotATown as error:
            self.towns = error.choices
            raise ValidationError(str(error)) from error

    def clean_near(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees to 3 decimals (about 100 metres)."""
        text = self.cleaned_data["near"]
        return read_near(text) if text else None

    def clean_date_to(self) -> date | None:
        """A last day that is still to come."""
        day: date | None = self.cleaned_data["date_to"]
        if day and day < database_today():
            raise ValidationError("The last day has passed. Choose today or a later day")
        return day

    def clean_cursor(self) -> Cursor | None:
        """The place in the list after which this page starts."""
        text = self.cleaned_data["cursor"]
        try:
            return Cursor.parse(text) if text else None
        except ValueError as error:
            raise ValidationError(_CURSOR) from error

    def clean(self) -> dict[str, Any]:
        """What takes two fields to judge."""
        values = self.cleaned_data
        values["radius"] = values.get("radius") or DEFAULT_RADIUS
        values["order"] = Order(values.get("order") or Order.SOONEST)
        self._add_town()
        self._need_a_place()
        self._need_order("date_from", "date_to", "The last day is before the first")
        self._need_order("time_from", "time_until", "The latest time is before the earliest")
        cursor = values.get("cursor")
        if cursor and cursor.order != values["order"]:
            self.add_error("cursor", _CURSOR)
        return values

    def _add_town(self) -> None:
        """A town's centres beside those that were chosen; then it no longer names them all."""
        if self.town is None:
            return
        chosen = self.cleaned_data.get("center") or ()
        self.cleaned_data["center"] = list(dict.fromkeys([*chosen, *self.town.centers]))
        if len(self.cleaned_data["center"]) > len(self.town.centers):
            self.town = None

    @property
    def towns_offered(self) -> list[tuple[str, str]]:
        """Each town that may be meant, and the parameters of a link to the same search there."""
        typed = dict(self.data.lists()) if isinstance(self.data, QueryDict) else self.data
        left = {name: values for name, values in typed.items() if name not in _PLACES}
        return [
            (town.name, urlencode(left | {"center": [c.pk for c in town.centers]}, doseq=True))
            for town in self.towns
        ]

    def _need_a_place(self) -> None:
        given = any(self.cleaned_data.get(name) for name in ("postcode", "near", "center"))
        if not given and not {"postcode", "near", "center"} & self.errors.keys():
            self.add_error("postcode", _PLACE)

    def _need_order(self, first: str, last: str, sentence: str) -> None:
        start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if start and end and end < start:
            self.add_error(last, sentence)

    @property
    def search(self) -> SlotSearch:
        """The search of a valid form; a postcode counts before a position."""
        values = self.cleaned_data
        return SlotSearch(
            **self._place,
            radius=values["radius"],
            test_types=tuple(values["test_type"]),
            date_from=values["date_from"],
            date_to=values["date_to"],
            weekdays=tuple(values["weekday"]),
            time_from=values["time_from"],
            time_until=values["time_until"],
            centers=tuple(center.pk for center in values["center"]),
            center_names=tuple(center.name for center in values["center"]),
            order=values["order"],
            cursor=values["cursor"],
        )

    @property
    def _place(self) -> dict[str, Any]:
        place, near = self.cleaned_data["postcode"], self.cleaned_data["near"]
        if place:
            origin = point(latitude=place.latitude, longitude=place.longitude)
            name = place.postcode
            return {"origin": origin, "label": name, "postcode": name, "note": _note(place)}
        if self.town:
            return {"town": self.town.name, "note": _AROUND}
        if near:
            origin = point(latitude=near[0], longitude=near[1])
            return {"origin": origin, "label": "your location", "near": f"{near[0]},{near[1]}"}
        return {}
