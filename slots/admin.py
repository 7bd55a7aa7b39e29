"""Sources, batches, slots and openings in admin."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accounts.staffing import acting_user
from audit.estimated_paging import EstimatingPaginator
from audit.recorded_admin import AsksAgainAdmin, ReadOnlyAdmin, RecordedAdmin
from slots.freshness import is_stale
from slots.models import FeedBatch, Slot, SlotOpening, Source, SourceToken
from slots.staff_changes import (
    CannotOpenError,
    NotHeldError,
    close_slot,
    drop_batch,
    open_slot,
    release_batch,
)
from slots.tokens import revoke_token


@admin.register(Source)
class SourceAdmin(AsksAgainAdmin, RecordedAdmin):
    """Who tells us of slots, and whether they still do."""

    list_display = ("name", "is_active", "heard", "is_simulated", "url", "failures")
    list_filter = ("is_active", "is_simulated")
    search_fields = ("name",)
    readonly_fields = (
        "newest_observed_at", "heard_at", "next_poll_at", "etag", "last_modified", "failures",
        "last_error",
    )  # fmt: skip

    @admin.display(description="heard from")
    def heard(self, source: Source) -> str:
        """When, and whether that is too long ago."""
        if source.heard_at is None:
            return "never"
        stale = " (stale)" if is_stale(source, timezone.now()) else ""
        return f"{timezone.localtime(source.heard_at):%-d %B, %H:%M}{stale}"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Sources are switched off; what they said stays."""
        return False


@admin.register(SourceToken)
class SourceTokenAdmin(ReadOnlyAdmin):
    """Tokens, of which nothing but the first characters is kept."""

    list_display = ("source", "hint", "label", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("source",)
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke the chosen tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[SourceToken]) -> None:
        """They stop working at once."""
        for token in queryset:
            revoke_token(token=token, actor=acting_user(request))
        self.message_user(request, "Revoked.")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may delete tokens may revoke them."""
        return request.user.has_perm("slots.delete_sourcetoken")


@admin.register(FeedBatch)
class FeedBatchAdmin(ReadOnlyAdmin):
    """What sources said, what became of it, and what waits for a decision."""

    list_display = (
        "source", "sequence", "observed_at", "status", "opened", "closed", "unchanged", "past",
        "rejected_rows",
    )  # fmt: skip
    list_filter = ("status", "source")
    list_select_related = ("source",)
    show_full_result_count = False
    exclude = ("rejected", "known_centers")
    readonly_fields = ("rejected_by_reason",)
    change_form_template = "admin/slots/feedbatch/change_form.html"
    actions = ("release", "drop")

    @admin.display(description="rejected")
    def rejected_rows(self, batch: FeedBatch) -> int:
        """How many rows were left out."""
        return len(batch.rejected)

    @admin.display(description="rejected rows by reason")
    def rejected_by_reason(self, batch: FeedBatch) -> SafeString | str:
        """Each reason with its count, and the way to make an alias of an unknown centre's name."""
        kinds = Counter((row["reason"], row.get("center")) for row in batch.rejected)
        rows = ((count, reason, _alias_link(center)) for (reason, center), count in kinds.items())
        return format_html_join("", "<p>{} × {} {}</p>", rows) or "none"

    @admin.action(description="Release the chosen held batches", permissions=["decide"])
    def release(self, request: HttpRequest, queryset: QuerySet[FeedBatch]) -> None:
        """Apply them as of when they were observed."""
        self._decide(request, queryset, release_batch, "released")

    @admin.action(description="Drop the chosen held batches", permissions=["decide"])
    def drop(self, request: HttpRequest, queryset: QuerySet[FeedBatch]) -> None:
        """Discard them."""
        self._decide(request, queryset, drop_batch, "dropped")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may change batches decides on held ones; their content nobody changes."""
        return request.user.has_perm("slots.change_feedbatch")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of one batch, with two buttons while it is held."""
        may_decide = self.has_decide_permission(request)
        if request.method == "POST" and may_decide:
            return self._decide_on_one(request, object_id)
        batch = self.get_object(request, object_id)
        held = isinstance(batch, FeedBatch) and batch.status == FeedBatch.Status.HELD
        context = {**(extra_context or {}), "may_decide": held and may_decide}
        return super().change_view(request, object_id, form_url, context)

    def _decide_on_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        chosen = FeedBatch.objects.filter(pk=object_id)
        if "release" in request.POST:
            self._decide(request, chosen, release_batch, "released")
        elif "drop" in request.POST:
            self._decide(request, chosen, drop_batch, "dropped")
        return redirect("admin:slots_feedbatch_change", object_id)

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[FeedBatch],
        decide: Callable[..., object],
        done: str,
    ) -> None:
        for batch in queryset:
            try:
                decide(batch=batch, actor=acting_user(request))
                self.message_user(request, f"{batch} was {done}.")
            except NotHeldError as error:
                self.message_user(request, f"{error}.", messages.WARNING)


def _alias_link(center: str | None) -> SafeString | str:
    if not center:
        return ""
    page = f"{reverse('admin:centers_centeralias_add')}?{urlencode({'alias': center})}"
    return format_html('<a href="{}">Make “{}” an alias</a>', page, center)


class SlotForm(forms.ModelForm):
    """A slot that staff open."""

    class Meta:
        model = Slot
        fields = ("center", "test_type", "date", "time")

    def _get_validation_exclusions(self) -> set[str]:
        """One that is there already is opened again: that it is there is no error."""
        return super()._get_validation_exclusions() | {"center"}  # type: ignore[misc]


@admin.register(Slot)
class SlotAdmin(admin.ModelAdmin):
    """Open and close slots, which alerts like a batch does."""

    form = SlotForm
    list_display = ("date", "time", "center", "test_type", "available", "source", "last_seen_at")
    list_filter = ("available", "test_type", "source")
    list_select_related = ("center", "source")
    search_fields = ("center__name", "center__code")
    date_hierarchy = "date"
    paginator = EstimatingPaginator
    show_full_result_count = False
    autocomplete_fields = ("center",)
    actions = ("close",)

    def save_model(self, request: HttpRequest, obj: Slot, form: SlotForm, change: bool) -> None:
        """Open the slot on staff's word."""
        wanted = {name: form.cleaned_data[name] for name in SlotForm.Meta.fields}
        try:
            obj.pk = open_slot(**wanted, actor=acting_user(request)).slot_id
        except CannotOpenError as error:
            self.message_user(request, f"Not opened: {error}.", messages.ERROR)

    def log_addition(self, request: HttpRequest, obj: Slot, message: Any) -> Any:
        """The audit log has it; a slot that could not be opened has no id to log."""
        return super().log_addition(request, obj, message) if obj.pk else None

    def response_add(
        self, request: HttpRequest, obj: Slot, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Back to the form, as it was filled in, when the slot could not be opened."""
        if obj.pk is None:
            return redirect(f"{request.path}?{urlencode(_initial(obj))}")
        return super().response_add(request, obj, post_url_continue)

    @admin.action(description="Close the chosen slots", permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Slot]) -> None:
        """Whoever opened them, until staff open them again."""
        for slot in queryset:
            close_slot(slot=slot, actor=acting_user(request))
        self.message_user(request, "Closed.")

    def get_readonly_fields(self, request: HttpRequest, obj: Slot | None = None) -> Any:
        """What and when a slot is never changes."""
        return SlotForm.Meta.fields if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Slots close."""
        return False


def _initial(slot: Slot) -> dict[str, Any]:
    return {
        "center": slot.center_id, "test_type": slot.test_type, "date": slot.date, "time": slot.time,
    }  # fmt: skip


@admin.register(SlotOpening)
class SlotOpeningAdmin(ReadOnlyAdmin):
    """When each slot was open."""

    list_display = ("slot", "episode", "opened_at", "closed_at", "close_reason", "source", "quiet")
    list_filter = ("close_reason", "quiet", "source")
    list_select_related = ("slot", "source")
    paginator = EstimatingPaginator
    show_full_result_count = False
