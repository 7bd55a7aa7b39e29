"""Filters of admin's lists that stay quick on large tables."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import connection, models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from psycopg import sql

from audit.newest import among_newest

DAYS = ("from", "until")
# One step down the index for each value: what a SELECT DISTINCT would read every row for.
DISTINCT = """
WITH RECURSIVE value AS (
    (SELECT {column} AS value FROM {table} WHERE {column} IS NOT NULL ORDER BY 1 LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE {column} > value.value ORDER BY 1 LIMIT 1)
      FROM value WHERE value.value IS NOT NULL
)
SELECT value FROM value WHERE value IS NOT NULL
"""


def distinct_values(model: type[models.Model], column: str) -> list[str]:
    """The values of an indexed text column, in order."""
    names = {"column": sql.Identifier(column), "table": sql.Identifier(model._meta.db_table)}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(DISTINCT).format(**names))
        return [row[0] for row in cursor.fetchall()]


class ValuesFilter(admin.SimpleListFilter):
    """One of the values that an indexed text column has."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        """Each value as it stands."""
        return [(value, value) for value in distinct_values(model_admin.model, self._column)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        """The rows with the chosen value."""
        return queryset.filter(**{self._column: self.value()}) if self.value() else queryset

    @property
    def _column(self) -> str:
        return str(self.parameter_name)


class _AmongTheNewest(admin.FieldListFilter):
    """A filter that no index answers: what is rare, or old, would be looked for everywhere.

    The tables that grow large are written to at every moment, and an index would be paid for each
    time. A list that is narrowed otherwise (by a search, or a link's relation) is filtered whole,
    and so is one by the values in `indexed`.
    """

    indexed: tuple[str, ...] = ()

    def __init__(  # noqa: PLR0917 - as Django calls it
        self,
        field: models.Field,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[models.Model],
        model_admin: admin.ModelAdmin,
        field_path: str,
    ) -> None:
        """Note whether the list is narrowed: by its search, or by one of its `linked_by`."""
        names = ("q", *getattr(model_admin, "linked_by", ()))
        self._is_narrowed = any(map(request.GET.get, names))
        super().__init__(field, request, params, model, model_admin, field_path)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        """The rows with the chosen value, among so many of the newest; and say so."""
        found: models.QuerySet = super().queryset(request, queryset)  # type: ignore[assignment]
        if not self._looks_everywhere(request):
            return found
        self.title = f"{self.title}, among the newest {LOOKED_AT:,}"
        return among_newest(found, LOOKED_AT)

    def _looks_everywhere(self, request: HttpRequest) -> bool:
        chosen = {request.GET[name] for name in self.used_parameters}
        return not self._is_narrowed and bool(chosen - {*self.indexed})


class RecentChoices(_AmongTheNewest, admin.ChoicesFieldListFilter):
    """One of a field's choices, among the newest rows."""


class RecentlyTrueOrNot(_AmongTheNewest, admin.BooleanFieldListFilter):
    """A yes or no, among the newest rows."""


class RecentlyRelated(_AmongTheNewest, admin.RelatedFieldListFilter):
    """A row of another table, among the newest rows."""


class BetweenFilter(admin.ListFilter):
    """From one day to another, both included (Europe/London)."""

    template = "admin/between_filter.html"
    parameter_names = DAYS
    column = "timestamp"
    title = "time"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[models.Model],
        model_admin: admin.ModelAdmin,
    ) -> None:
        """Take our two parameters, that the list doesn't take them for columns."""
        super().__init__(request, params, model, model_admin)
        self.kept = [(key, value) for key, value in request.GET.lists() if key not in DAYS]
        for name in DAYS:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def expected_parameters(self) -> list[str | None]:
        """The names of both days."""
        return list(DAYS)

    def has_output(self) -> bool:
        """Always: there is a form to fill in."""
        return True

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """What the form shows."""
        hidden = [(key, value) for key, values in self.kept for value in values if key != "p"]
        yield {"days": self.used_parameters, "hidden": hidden, "selected": False}

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        """The rows between the days; what is no day is as if nothing had been filled in."""
        first, last = (self._day(name) for name in DAYS)
        if first:
            queryset = queryset.filter(**{f"{self.column}__gte": _midnight(first)})
        if last:
            queryset = queryset.filter(**{f"{self.column}__lt": _midnight(last + DAY)})
        return queryset

    def _day(self, name: str) -> date | None:
        try:
            return parse_date(str(self.used_parameters.get(name, "")))
        except ValueError:
            return None


# Read by primary key in some 100 ms.
LOOKED_AT = 200_000
DAY = timedelta(days=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
