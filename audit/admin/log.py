"""The audit log in admin: read, found, and taken along as CSV."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.timezone import localtime

from audit.admin_filters import DAYS, BetweenFilter, ValuesFilter
from audit.export import entries_as_csv
from audit.large_lists import Found, LargeListAdmin, user_id_of
from audit.models import AuditLog
from audit.recorded_admin import ReadOnlyAdmin
from audit.trail import record


class ActionFilter(ValuesFilter):
    """What was done."""

    title = "action"
    parameter_name = "action"


class SubjectFilter(ValuesFilter):
    """What kind of thing it was done to."""

    title = "subject"
    parameter_name = "subject_type"


@admin.register(AuditLog)
class AuditLogAdmin(LargeListAdmin, ReadOnlyAdmin):
    """What was done, by whom, from where, about what."""

    list_display = ("when", "action", "user", "subject", "summary", "ip", "sealed")
    linked_by = ("user",)
    list_filter = (BetweenFilter, ActionFilter, SubjectFilter)
    list_select_related = ("user",)
    sortable_by = ("when",)
    search_fields = ("pk",)
    search_help_text = (
        "Who did it: a whole email address. Or about what: a kind and a number, as"
        " “accounts.user 12”. Or what was done: “user.disabled”"
    )
    actions = ("export",)

    @admin.display(description="time", ordering="timestamp")
    def when(self, entry: AuditLog) -> str:
        """To the second, Europe/London."""
        return f"{localtime(entry.timestamp):%-d %b %Y, %H:%M:%S}"

    @admin.display(description="about")
    def subject(self, entry: AuditLog) -> str:
        """Kind and number."""
        return f"{entry.subject_type} {entry.subject_id}" if entry.subject_type else "–"

    @admin.display(description="details")
    def summary(self, entry: AuditLog) -> str:
        """What was recorded of it, as a person reads it."""
        return "; ".join(_words(entry.details))

    @admin.display(description="sealed", boolean=True)
    def sealed(self, entry: AuditLog) -> bool:
        """Whether the entry is in the chain; that takes a few seconds."""
        return entry.chain_no is not None

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first; between days by the index of time, which is the same order."""
        return ("-timestamp", "-id") if request.GET.keys() & {*DAYS} else ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditLog], search_term: str
    ) -> Found:
        """By what stands in an index: the user, the subject, or the action."""
        kind, _, number = search_term.strip().partition(" ")
        if not kind:
            return queryset, False
        if number:
            return queryset.filter(subject_type=kind.lower(), subject_id=number.strip()), False
        if "@" in kind:
            user = user_id_of(kind)
            return (queryset.filter(user=user) if user else queryset.none()), False
        return queryset.filter(action=kind), False

    @admin.action(description="Export the chosen entries as CSV", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[AuditLog]) -> StreamingHttpResponse:
        """A CSV file that no spreadsheet executes."""
        record("auditlog.exported", actor=request.user, subject=None, entries=queryset.count())
        lines = entries_as_csv(queryset.iterator(chunk_size=2000))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
        return response


def _words(details: str | None) -> Iterator[str]:
    try:
        content = json.loads(details or "{}")
    except ValueError:
        yield str(details)
        return
    for name, value in content.items() if isinstance(content, dict) else [("", content)]:
        yield from _pair(name, value)


def _pair(name: str, value: Any) -> Iterator[str]:
    """An old and a new value as `old → new`."""
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from _pair(inner, each)
    elif isinstance(value, list) and len(value) == OLD_AND_NEW:
        yield f"{name}: {_shown(value[0])} → {_shown(value[1])}"
    else:
        yield f"{name}: {_shown(value)}"


def _shown(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)


OLD_AND_NEW = 2
