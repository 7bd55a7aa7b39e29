"""Inputs of days and times that browsers know how to offer, with values in the form they expect."""

from typing import Any

from django import forms

WRONG_DATE = "Enter a date such as 27/3/2027"


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
