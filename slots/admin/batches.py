"""What sources said, in admin: what became of it, and what waits for a decision."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.staffing import acting_user
from audit.clock import database_now
from audit.large_lists import LargeListAdmin
from audit.recorded_admin import ReadOnlyAdmin
from centers.aliases import AliasTakenError, add_alias
from centers.models import Center
from slots.ingestion.batch_rows import LONGEST_NAME
from slots.ingestion.foreseeing import foresee
from slots.ingestion.rejections import rejections_of
from slots.models import FeedBatch
from slots.staff_changes import NotHeldError, drop_batch, release_batch

ADD_ALIAS = "centers.add_centeralias"


@admin.register(FeedBatch)
class FeedBatchAdmin(LargeListAdmin, ReadOnlyAdmin):
    """Batches, two buttons on those that are held, and one for each name to be learnt."""

    list_display = (
        "__str__", "status", "observed_at", "opened", "closed", "unchanged", "past",
        "rejected_rows",
    )  # fmt: skip
    list_filter = ("status", "source", "complete")
    list_select_related = ("source",)
    search_fields = ("source__name", "=sequence")
    search_help_text = "The name of a source, or a sequence"
    sortable_by = ()
    fields = (
        "source", "sequence", ("observed_at", "recorded_at"), "complete", "status", "reason",
        ("opened", "closed", "unchanged", "past"), "covers", "decided_by",
    )  # fmt: skip
    change_form_template = "admin/slots/feedbatch/change_form.html"
    actions = ("release", "drop")

    class Media:
        css: ClassVar = {"all": ["css/staff.css"]}

    @admin.display(description="rejected")
    def rejected_rows(self, batch: FeedBatch) -> int:
        """How many rows were left out."""
        return len(batch.rejected)

    @admin.action(description="Release the chosen held batches", permissions=["decide"])
    def release(self, request: HttpRequest, queryset: QuerySet[FeedBatch]) -> None:
        """Apply them as of when they were observed."""
        self._decide(request, queryset, release_batch, "released")

    @admin.action(description="Drop the chosen held batches", permissions=["decide"])
    def drop(self, request: HttpRequest, queryset: QuerySet[FeedBatch]) -> None:
        """Discard them."""
        self._decide(request, queryset, drop_batch, "dropped")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Those who may change batches decide on held ones; their content nobody changes."""
        return request.user.has_perm("slots.change_feedbatch")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of one batch, and what its buttons do."""
        batch = self.get_object(request, object_id)
        is_pressed = request.method == "POST" and {"release", "drop", "alias"} & request.POST.keys()
        if is_pressed and isinstance(batch, FeedBatch):
            return self._pressed(request, batch)
        shown = self._shown(request, batch) if isinstance(batch, FeedBatch) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def _shown(self, request: HttpRequest, batch: FeedBatch) -> dict[str, Any]:
        held = batch.status == FeedBatch.Status.HELD
        return {
            "foreseen": foresee(batch, now=database_now()) if held else None,
            "may_decide": held and self.has_decide_permission(request),
            "rejections": rejections_of(batch),
            "may_add_alias": request.user.has_perm(ADD_ALIAS),
        }

    def _pressed(self, request: HttpRequest, batch: FeedBatch) -> HttpResponse:
        chosen = FeedBatch.objects.filter(pk=batch.pk)
        if "alias" in request.POST and request.user.has_perm(ADD_ALIAS):
            center, _, name = request.POST["alias"].partition(" ")
            self._learn(request, AliasForm({"center": center, "name": name}))
        elif "release" in request.POST and self.has_decide_permission(request):
            self._decide(request, chosen, release_batch, "released")
        elif "drop" in request.POST and self.has_decide_permission(request):
            self._decide(request, chosen, drop_batch, "dropped")
        else:
            return HttpResponse(status=403)
        return redirect("admin:slots_feedbatch_change", batch.pk)

    def _learn(self, request: HttpRequest, form: "AliasForm") -> None:
        """Let a name that a source uses stand for a centre."""
        if not form.is_valid():
            self.message_user(request, "That is no name of a test centre.", messages.ERROR)
            return
        meant, name = form.cleaned_data["center"], form.cleaned_data["name"]
        try:
            add_alias(center=meant, alias=name, actor=acting_user(request))
        except AliasTakenError as error:
            self.message_user(request, str(error), messages.WARNING)
        else:
            self.message_user(
                request, f"“{name}” stands for {meant} from the next batch on.", messages.SUCCESS
            )

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
                self.message_user(request, f"{batch} was {done}.", messages.SUCCESS)
            except NotHeldError as error:
                self.message_user(request, f"{error}.", messages.WARNING)


class AliasForm(forms.Form):
    """What the button beside a rejected row says: a centre, and a name for it."""

    center = forms.ModelChoiceField(Center.objects.all())
    name = forms.CharField(max_length=LONGEST_NAME)
