"""Who tells us of slots, in admin: whether they still do, and what they said last."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject, Now
from django.http import HttpRequest, HttpResponse

from accounts.staffing import acting_user
from audit.recorded_admin import RecordedAdmin
from slots.freshness import has_fallen_silent
from slots.models import FeedBatch, Source
from slots.sources import SHORTEST_POLL_SECONDS, add_source, check_name, check_url, forget_polling
from slots.wording import ago

BATCHES_SHOWN = 20
NEWEST = ("status", "opened", "closed")
DEFAULTED = [
    each for each in Source._meta.fields
    if each.name in {"stale_after_minutes", "poll_interval_seconds"}
]  # fmt: skip
KNOWN = (
    "is_simulated", "newest_observed_at", "heard_at", "next_poll_at", "failures", "last_error",
)  # fmt: skip


class SourceForm(forms.ModelForm):
    """What an admin decides of a source."""

    url = forms.URLField(
        label="Address to ask", required=False, max_length=500, assume_scheme="https",
        help_text="Only of a feed that is to be asked: https, at a public address.",
    )  # fmt: skip

    class Meta:
        model = Source
        fields = ("name", "is_active", "stale_after_minutes", "url", "poll_interval_seconds")
        labels = {  # noqa: RUF012
            "is_active": "Takes part",
            "stale_after_minutes": "Stale after (minutes)",
            "poll_interval_seconds": "Ask every (seconds)",
        }
        help_texts = {  # noqa: RUF012
            "name": "It stands in the address that the source posts to.",
            "is_active": "Batches of one that doesn’t are refused.",
        }

    def clean_name(self) -> str:
        """What can stand in an address."""
        name: str = self.cleaned_data["name"]
        check_name(name)
        return name

    def clean_url(self) -> str | None:
        """https, without a password; none is null."""
        url: str | None = self.cleaned_data["url"]
        if url:
            check_url(url)
        return url or None

    def clean_poll_interval_seconds(self) -> int:
        """Not too often."""
        seconds: int = self.cleaned_data["poll_interval_seconds"]
        if seconds < SHORTEST_POLL_SECONDS:
            raise ValidationError(f"At least {SHORTEST_POLL_SECONDS} seconds.")
        return seconds


@admin.register(Source)
class SourceAdmin(RecordedAdmin):
    """Sources, each with its newest batches and its tokens."""

    form = SourceForm
    personal_fields = ("url",)
    list_display = ("name", "state", "heard", "newest_batch", "held", "is_simulated")
    list_filter = ("is_active", "is_simulated")
    search_fields = ("name",)
    change_form_template = "admin/slots/source/change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """What is known of one that there is."""
        return KNOWN if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new one begins with the database's own defaults."""
        return {field.name: field.db_default for field in DEFAULTED}

    def get_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """The whole address to ask only for who may change it: feeds put their keys into it.

        A source takes part from when it is added.
        """
        fields = super().get_fields(request, obj)
        if obj is None:
            fields = [name for name in fields if name != "is_active"]
        if self.has_change_permission(request, obj):
            return fields
        return ["host" if name == "url" else name for name in fields]

    @admin.display(description="asked at")
    def host(self, source: Source) -> str:
        """The part of the address that is no secret."""
        return urlsplit(source.url).hostname or "" if source.url else ""

    @admin.display(description="state")
    def state(self, source: Any) -> str:
        """In a word or two, what is wrong with it if anything is."""
        if not source.is_active:
            return "switched off"
        if source.failures:
            return f"failing ({source.failures} in a row)"
        if source.name == Source.STAFF:
            return "staff"
        if has_fallen_silent(source, source.asked_at):
            return "stale"
        return "well" if source.heard_at else "not heard from yet"

    @admin.display(description="heard from", ordering="heard_at")
    def heard(self, source: Any) -> str:
        """How long ago."""
        return ago(source.heard_at, source.asked_at) if source.heard_at else "never"

    @admin.display(description="newest batch")
    def newest_batch(self, source: Source) -> str:
        """What became of it."""
        newest = source.newest_batch  # type: ignore[attr-defined]  # annotated
        return "{status}: {opened} opened, {closed} closed".format(**newest) if newest else "none"

    @admin.display(description="held batches")
    def held(self, source: Source) -> int:
        """How many wait for a decision."""
        return source.held_batches  # type: ignore[attr-defined]  # annotated

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        """With what the list shows of batches, as of the database's time, in one query for all."""
        batches = FeedBatch.objects.filter(source=OuterRef("pk"))
        newest = batches.order_by("-id").values(said=JSONObject(**{name: name for name in NEWEST}))
        held = batches.filter(status=FeedBatch.Status.HELD).order_by().values("source")
        return (
            super()
            .get_queryset(request)
            .annotate(
                asked_at=Now(),
                newest_batch=Subquery(newest[:1]),
                held_batches=Coalesce(
                    Subquery(held.annotate(count=Count("pk")).values("count")), 0
                ),
            )
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Sources are switched off; what they said stays."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool
    ) -> None:
        """Add it as the command does; what one address said of its version counts at no other."""
        if not change:
            obj.pk = add_source(actor=acting_user(request), **form.cleaned_data).pk
            obj.refresh_from_db()
            return
        if "url" in form.changed_data:
            forget_polling(form.instance)
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of one source."""
        source = self.get_object(request, object_id)
        shown = self._shown(request, source) if isinstance(source, Source) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def _shown(self, request: HttpRequest, source: Source) -> dict[str, Any]:
        batches: QuerySet[FeedBatch] = source.batches.order_by("-id")
        sees_tokens = request.user.has_perm("slots.view_sourcetoken")
        return {
            "state": self.state(source),
            "heard": self.heard(source),
            "batches": batches[:BATCHES_SHOWN],
            "held_batches": batches.filter(status=FeedBatch.Status.HELD),
            "tokens": source.tokens.all() if sees_tokens else None,
            "may_add_token": request.user.has_perm("slots.add_sourcetoken"),
        }
