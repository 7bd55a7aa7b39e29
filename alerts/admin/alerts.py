"""Learners' alerts in admin: what became of each, and why somebody did or didn't get one."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accounts.models import User
from alerts.models import UserAlert
from alerts.watching.explaining import explain
from audit.admin_filters import RecentChoices
from audit.large_lists import FoundByUserAdmin
from audit.recorded_admin import ReadOnlyAdmin
from centers.models import Center
from slots.models import Slot, SlotOpening

SHOWN_OPENINGS = 3


class WhyForm(forms.Form):
    """Who, and which opening: by its number, or by centre, day and time."""

    email = forms.EmailField(label="Learner’s email address")
    opening = forms.IntegerField(label="Number of the opening", required=False, min_value=1)
    center = forms.ModelChoiceField(
        Center.objects.order_by("name"), label="Or: test centre", required=False
    )
    date = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    test_type = forms.ChoiceField(
        label="Kind of test", choices=Slot.TestType.choices, required=False
    )

    def clean_email(self) -> User:
        """The learner."""
        user = User.objects.with_address(self.cleaned_data["email"]).first()
        if user is None:
            raise forms.ValidationError("Nobody has this email address.")
        return user

    def clean(self) -> dict[str, Any]:
        """The newest openings that are meant."""
        cleaned = super().clean() or {}
        cleaned["openings"] = self._openings(cleaned)
        if not cleaned["openings"] and not self.errors:
            raise forms.ValidationError("No such slot has been open as far as we know.")
        return cleaned

    def _openings(self, cleaned: dict[str, Any]) -> list[SlotOpening]:
        openings = SlotOpening.objects.select_related("slot__center").order_by("-id")
        if cleaned.get("opening"):
            return list(openings.filter(pk=cleaned["opening"]))
        slot = {name: cleaned.get(name) for name in ("center", "date", "time", "test_type")}
        if not all(slot.values()):
            return []
        wanted = {f"slot__{name}": value for name, value in slot.items()}
        return list(openings.filter(**wanted)[:SHOWN_OPENINGS])


class StateFilter(RecentChoices):
    """What became of it; what waits is new, and what was never sent has an index."""

    indexed = (UserAlert.State.SUPPRESSED, UserAlert.State.FAILED)


@admin.register(UserAlert)
class UserAlertAdmin(FoundByUserAdmin, ReadOnlyAdmin):
    """Who was told, or was to be told, of which opening."""

    list_display = ("id", "user", "slot_in_words", "state", "state_reason", "created_at", "sent_at")
    linked_by = ("user",)
    list_filter = (("state", StateFilter),)
    list_select_related = ("user", "slot__center")
    ordering = ("-id",)
    sortable_by = ("id",)
    readonly_fields = ("why",)
    exclude: ClassVar = ["sent"]
    change_list_template = "admin/alerts/useralert/change_list.html"

    @admin.display(description="slot")
    def slot_in_words(self, alert: UserAlert) -> str:
        """Where and when."""
        slot = alert.slot
        return f"{slot.center.name}, {slot.test_type}, {slot.date:%-d %b %Y} {slot.time:%H:%M}"

    @admin.display(description="why")
    def why(self, alert: UserAlert) -> SafeString | str:
        """The way to the rules that made it."""
        if alert.opening_id is None:
            return "not made by matching"
        asked: dict[str, str | int] = {"email": alert.user.email, "opening": alert.opening_id}
        page = f"{reverse('admin:alerts_useralert_why')}?{urlencode(asked)}"
        return format_html('<a href="{}">Each rule and its answer</a>', page)

    def get_urls(self) -> list[URLPattern]:
        """And the page that says why."""
        page = self.admin_site.admin_view(self.why_view)
        return [path("why/", page, name="alerts_useralert_why"), *super().get_urls()]

    def why_view(self, request: HttpRequest) -> HttpResponse:
        """Each rule of matching with its answer, for a learner and an opening."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = WhyForm(request.GET or None)
        openings = form.cleaned_data["openings"] if form.is_valid() else []
        context = {
            **self.admin_site.each_context(request),
            "title": "Why did somebody get an alert, or not?",
            "form": form,
            "explanations": [
                explain(user=form.cleaned_data["email"], opening=opening) for opening in openings
            ],
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/alerts/useralert/why.html", context)
