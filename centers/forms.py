"""Finding test centres by name, by town, or around a place; and the fields that say where."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError

from centers import britain
from centers.geocoding import PostcodeError, locate
from centers.querysets import point

DEFAULT_RADIUS = 25
MAX_RADIUS = 500

_RADIUS = f"Enter a whole number of miles from 1 to {MAX_RADIUS}"


def near_field() -> forms.CharField:
    """A position as `latitude,longitude`; see `read_near`."""
    return forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


def radius_field(*, initial: int | None) -> forms.IntegerField:
    """Statute miles, 1 to MAX_RADIUS."""
    return forms.IntegerField(
        label="How far can you travel? (miles)", required=False, min_value=1, max_value=MAX_RADIUS,
        initial=initial,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _RADIUS),
    )  # fmt: skip


def read_near(text: str) -> tuple[float, float]:
    """Latitude and longitude within Great Britain's bounds, or ValidationError."""
    try:
        latitude, longitude = (round(float(part), 3) for part in text.split(","))
    except ValueError as error:
        raise ValidationError("A position is latitude,longitude, such as 51.563,0.105") from error
    if not britain.contains(latitude, longitude):
        raise ValidationError("This position is not in Great Britain. Enter a postcode instead")
    return latitude, longitude


class CenterSearchForm(forms.Form):
    """One box for whatever a learner knows; what has a digit in it is taken for a postcode."""

    # A field of a search may always be left empty, so its label doesn't say so.
    labels_say_optional = False

    q = forms.CharField(
        label="Name, town or postcode", required=False, max_length=100,
        error_messages={"max_length": "Enter a name, a town or a postcode"},
    )  # fmt: skip
    near = near_field()
    radius = radius_field(initial=None)

    # Where to look around, and what to call it; None and "" for a search by name.
    origin: Point | None = None
    place: str = ""

    def clean_near(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees."""
        text = self.cleaned_data["near"]
        return read_near(text) if text else None

    def clean(self) -> dict[str, Any]:
        """Find the place that was meant, if any."""
        text, near = self.cleaned_data.get("q", ""), self.cleaned_data.get("near")
        if any(character.isdigit() for character in text):
            self._locate(text)
        elif near and not text:
            self.origin, self.place = point(latitude=near[0], longitude=near[1]), "your location"
        return self.cleaned_data

    def _locate(self, text: str) -> None:
        try:
            place = locate(text)
        except PostcodeError as error:
            self.add_error("q", ValidationError(str(error)))
        else:
            self.place = place.postcode
            self.origin = point(latitude=place.latitude, longitude=place.longitude)
