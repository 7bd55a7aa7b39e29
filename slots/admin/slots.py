"""Slots and their openings in admin: found, opened and closed."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.staffing import acting_user
from audit.admin_filters import RecentChoices, RecentlyRelated, RecentlyTrueOrNot
from audit.admin_pages import form_page, offered
from audit.large_lists import LargeListAdmin
from audit.recorded_admin import AuditedHistoryAdmin, ReadOnlyAdmin
from centers.models import Center
from slots.admin.opening_form import OpenSlotsForm
from slots.models import Slot, SlotOpening
from slots.staff_changes import Wanted, close_slots, open_slots

# What a person can have looked at; a feed is the way for more.
MOST_CHOSEN = 1000
FAULTS_NAMED = 5


class AtCenters(LargeListAdmin, AuditedHistoryAdmin):
    """A list that is searched by its slots' centres."""

    search_fields = ("center__name",)
    search_help_text = "The name or number of a test centre"
    ordering = ("-id",)
    sortable_by = ()
    center_lookup = "center"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The centres are looked up first, so that the planner knows how few slots they have."""
        if not search_term:
            return queryset, False
        found = list(Center.objects.known_as(search_term).values_list("pk", flat=True))
        return queryset.filter(**{f"{self.center_lookup}__in": found}), False


@admin.register(Slot)
class SlotAdmin(AtCenters):
    """Open and close slots, which alerts like a batch does."""

    list_display = ("start", "center", "test_type", "available", "source", "last_seen_at")
    linked_by = ("center",)
    list_filter = (
        ("available", RecentlyTrueOrNot), ("test_type", RecentChoices), ("source", RecentlyRelated),
    )  # fmt: skip
    list_select_related = ("center", "source")
    fields = (
        "center", "test_type", ("date", "time"), "available", "source", "last_seen_at",
        ("created_at", "updated_at"),
    )  # fmt: skip
    actions = ("open", "close")

    class Media:
        css: ClassVar = {"all": ["css/staff.css"]}

    @admin.display(description="test")
    def start(self, slot: Slot) -> str:
        """Date and time, Europe/London, as a ticket has them."""
        return f"{slot.date:%a %-d %b %Y}, {slot.time:%H:%M}"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Open one slot or many; what is wrong with any is said, and nothing typed is lost."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = OpenSlotsForm(request.POST or None, initial=offered(OpenSlotsForm, request.GET))
        if form.is_valid() and self._open(request, form.wanted):
            query = urlencode({"center": form.cleaned_data["center"].pk, "available__exact": 1})
            return redirect(f"{reverse('admin:slots_slot_changelist')}?{query}")
        return form_page(
            self, request, form, title="Open slots", button="Open them, and alert learners"
        )

    @admin.action(description="Close the chosen slots", permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Slot]) -> None:
        """The source that opened them, until staff open them again."""
        chosen = self._chosen(request, queryset)
        if chosen:
            closed = close_slots(slots=chosen, actor=acting_user(request))
            self.message_user(request, f"Closed: {closed} of {len(chosen)}.", messages.SUCCESS)

    @admin.action(description="Open the chosen slots again", permissions=["change"])
    def open(self, request: HttpRequest, queryset: QuerySet[Slot]) -> None:
        """On staff's word."""
        chosen = self._chosen(request, queryset.select_related("center"))
        if chosen:
            self._open(request, [Wanted.like(slot) for slot in chosen])

    def _chosen(self, request: HttpRequest, queryset: QuerySet[Slot]) -> list[Slot]:
        return self.chosen(request, queryset, most=MOST_CHOSEN, what="slots")

    def _open(self, request: HttpRequest, wanted: list[Wanted]) -> bool:
        """Whether any of them is open now."""
        opened = open_slots(wanted=wanted, actor=acting_user(request))
        if opened.openings:
            sentence = f"Open now: {len(opened.openings)}. Learners nearby are being told."
            self.message_user(request, sentence, messages.SUCCESS)
        for slot, reason in opened.faults[:FAULTS_NAMED]:
            self.message_user(request, f"Not opened: {slot}: {reason}.", messages.ERROR)
        more = len(opened.faults) - FAULTS_NAMED
        if more > 0:
            self.message_user(request, f"{more} more were not opened.", messages.ERROR)
        return bool(opened.openings)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One slot, without buttons that could save nothing."""
        hidden = dict.fromkeys(("show_save", "show_save_and_continue"), False)
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **hidden}
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Slot | None = None) -> Any:
        """A slot is opened and closed, never edited."""
        return [field.name for field in Slot._meta.fields]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Slots close."""
        return False


@admin.register(SlotOpening)
class SlotOpeningAdmin(AtCenters, ReadOnlyAdmin):
    """When each slot was open."""

    list_display = (
        "center", "slot", "episode", "opened", "closed_at", "close_reason", "source", "quiet",
    )  # fmt: skip
    list_display_links = ("slot",)
    list_filter = (
        ("close_reason", RecentChoices), ("quiet", RecentChoices), ("source", RecentlyRelated),
    )  # fmt: skip
    list_select_related = ("slot__center", "source")
    raw_id_fields = ("slot", "batch")
    center_lookup = "slot__center"

    @admin.display(description="opened")
    def opened(self, opening: SlotOpening) -> str:
        """When it did, or since when it is known to be open."""
        known = f"{timezone.localtime(opening.opened_at):%-d %b %Y, %H:%M}"
        return known if opening.seen_to_open_at else f"open when first seen at {known}"

    @admin.display(description="test centre")
    def center(self, opening: SlotOpening) -> str:
        """Where it was."""
        return opening.slot.center.name
