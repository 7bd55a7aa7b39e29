"""A column of several ranges of days."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import models
from psycopg.types.multirange import DateMultirange
from psycopg.types.range import DateRange

DAY = timedelta(days=1)


class DayRange(NamedTuple):
    """Days from a first to a last, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first:%-d %B %Y} to {self.last:%-d %B %Y}"


class DayRangesField(models.Field):
    """Ranges of days as a `datemultirange`; in Python a list of DayRange, the first days first.

    PostgreSQL joins ranges that overlap or touch.
    """

    def db_type(self, connection: Any) -> str:
        """PostgreSQL's own type, of version 14 and later."""
        return "datemultirange"

    def from_db_value(self, value: Any, *args: object) -> list[DayRange] | None:
        """PostgreSQL says the day after the last."""
        if value is None:
            return None
        return [DayRange(each.lower, each.upper - DAY) for each in value]

    def get_prep_value(self, value: Iterable[DayRange] | None) -> DateMultirange | None:
        """Both ends included."""
        if value is None:
            return None
        return DateMultirange([DateRange(first, last, "[]") for first, last in value])
