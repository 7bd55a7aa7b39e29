"""The audit log and the settings in admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from audit import config
from audit.export import entries_as_csv
from audit.models import AuditLog, SystemConfig
from audit.recorded_admin import AsksAgainAdmin, ReadOnlyAdmin, RecordedAdmin
from audit.trail import record


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnlyAdmin):
    """What was done, by whom, from where, about what."""

    list_display = ("timestamp", "action", "user", "subject_type", "subject_id", "ip", "chain_no")
    list_filter = ("action", "subject_type", "timestamp")
    list_select_related = ("user",)
    search_fields = ("action", "subject_id", "user__email")
    date_hierarchy = "timestamp"
    show_full_result_count = False
    actions = ("export",)

    @admin.action(description="Export the chosen entries as CSV", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[AuditLog]) -> HttpResponse:
        """A CSV file that no spreadsheet executes."""
        record("auditlog.exported", actor=request.user, subject=None, entries=queryset.count())
        response = HttpResponse(entries_as_csv(queryset), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
        return response


class SystemConfigForm(forms.ModelForm):
    """A value has to fit its key's declaration."""

    class Meta:
        model = SystemConfig
        fields = ("key", "value")

    def clean(self) -> dict[str, Any]:
        """Say what the key takes when the value doesn't fit; unknown keys are kept as they are."""
        cleaned = super().clean() or {}
        declared = config.registry.get(cleaned.get("key", ""))
        if declared and cleaned.get("value") is not None:
            try:
                declared.parse(cleaned["value"])
            except ValueError as error:
                raise forms.ValidationError({"value": f"Not {declared.bounds}."}) from error
        return cleaned


@admin.register(SystemConfig)
class SystemConfigAdmin(AsksAgainAdmin, RecordedAdmin):
    """The settings that staff may change while the site runs."""

    form = SystemConfigForm
    list_display = ("key", "value", "default", "takes", "help")
    search_fields = ("key",)

    @admin.display(description="default")
    def default(self, row: SystemConfig) -> str:
        """What counts while no value is stored."""
        declared = config.registry.get(row.key)
        return str(declared.default) if declared else "unknown key"

    @admin.display(description="takes")
    def takes(self, row: SystemConfig) -> str:
        """The type and bounds."""
        declared = config.registry.get(row.key)
        return f"{declared.kind}, {declared.bounds}" if declared else ""

    @admin.display(description="help")
    def help(self, row: SystemConfig) -> str:
        """What it is for."""
        declared = config.registry.get(row.key)
        return declared.help if declared else ""
