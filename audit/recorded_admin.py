"""Admin pages whose every change is in the audit log, and those that ask for the password again."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from audit.admin_pages import page
from audit.models import AuditLog
from audit.trail import record

HISTORY_SHOWN = 100
# What Django's own field filters put behind a field's name.
FILTER_ENDINGS = ("exact", "isnull", "isempty", "id__exact")


class NamedLookupsAdmin(admin.ModelAdmin):
    """A list that answers only the look-ups that its own filters name.

    Django answers one by any column of the model: anyone who may see the list of people could ask
    for a hidden column, a character a request.
    """

    # Relations by whose number other pages of admin link to this list.
    linked_by: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Whether a filter of this list, or a link to it, has that parameter."""
        filters = self.get_list_filter(request) if request else self.list_filter
        return lookup in self.linked_by or any(_names(each, lookup) for each in filters)


class AuditedHistoryAdmin(NamedLookupsAdmin):
    """An object's history is what the audit log has of it, for those who may see the object."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Who did what to it, the newest first."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        entries = AuditLog.objects.about(obj).select_related("user")[:HISTORY_SHOWN]
        return page(
            self, request, "admin/audited_history.html", title=f"History: {obj}", object=obj,
            entries=entries,
        )  # fmt: skip


class RecordedAdmin(AuditedHistoryAdmin):
    """Records each addition, change and deletion with old and new values.

    The values of `personal_fields` are recorded as "changed" only.
    """

    personal_fields: tuple[str, ...] = ()

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: ModelForm, change: bool
    ) -> None:
        """Save, and record what differs, in admin's own transaction."""
        super().save_model(request, obj, form, change)
        verb = "changed" if change else "added"
        record(
            f"{obj._meta.model_name}.{verb}",
            actor=request.user,
            subject=obj,
            changes={name: self._change(form, name) for name in form.changed_data},
        )

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Delete, and record what is gone."""
        record(f"{obj._meta.model_name}.deleted", actor=request.user, subject=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Delete one by one, so that each is recorded."""
        for obj in queryset:
            self.delete_model(request, obj)

    def _change(self, form: ModelForm, name: str) -> Any:
        if name in self.personal_fields:
            return "changed"
        return [_plain(form.initial.get(name)), _plain(form.cleaned_data.get(name))]


class ReadOnlyAdmin(AuditedHistoryAdmin):
    """Pages that only show."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from the program."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are shown as they are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows go by retention only."""
        return False


class AsksAgainAdmin(admin.ModelAdmin):
    """Pages that nobody changes at a desk someone has left: the password is asked for again."""

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the list; its actions are changes too."""
        show = super().changelist_view
        if request.method == "POST" and self.has_view_permission(request):
            return reauthentication_required(show)(request, *args, **kwargs)
        return show(request, *args, **kwargs)

    @method_decorator(reauthentication_required)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show or save the form."""
        return super().changeform_view(request, *args, **kwargs)

    @method_decorator(reauthentication_required)
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Confirm and delete."""
        return super().delete_view(request, *args, **kwargs)


def _names(list_filter: Any, lookup: str) -> bool:
    """Whether a filter, as `list_filter` has it, asks by `lookup` in an address."""
    if isinstance(list_filter, type):
        one = getattr(list_filter, "parameter_name", None)
        return lookup in getattr(list_filter, "parameter_names", (one,))
    field = list_filter if isinstance(list_filter, str) else list_filter[0]
    return lookup in {f"{field}__{ending}" for ending in FILTER_ENDINGS}


def _plain(value: Any) -> Any:
    """A value that JSON can hold and a person can read."""
    if isinstance(value, models.QuerySet | list | set | tuple):
        return sorted(str(each) for each in value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)
