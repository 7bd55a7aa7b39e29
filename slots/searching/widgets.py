"""Inputs that browsers know how to offer, with values in the form that they expect."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict


class DateInput(forms.DateInput):
    """A date picker; browsers without one show a text box that takes the same ISO form."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time picker to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class Checkboxes(forms.CheckboxSelectMultiple):
    """Checkboxes of which a link may also name none by an empty value (`weekday=`)."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return [value for value in values if value]
