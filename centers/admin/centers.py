"""Test centres in admin: placed on a map, closed and reopened, listed in and out."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from audit.recorded_admin import RecordedAdmin
from audit.trail import record
from centers.admin.import_pages import CenterImportPages
from centers.exporting import centers_as_csv
from centers.geocoding import Place, PostcodeError, Precision, locate
from centers.models import Center
from centers.placing import fill_nations


class CenterForm(forms.ModelForm):
    """A centre without coordinates is placed by its postcode."""

    class Meta:
        model = Center
        fields = (
            "name",
            "code",
            "postcode",
            "latitude",
            "longitude",
            "address",
            "town",
            "is_active",
        )
        labels = {"code": "Official number", "is_active": "Open to learners"}  # noqa: RUF012
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}  # noqa: RUF012

    def clean(self) -> dict[str, Any]:
        """Fill in the coordinates, or say that the postcode doesn't give them."""
        cleaned = super().clean() or {}
        missing = cleaned.get("latitude") is None and cleaned.get("longitude") is None
        if missing and cleaned.get("postcode"):
            cleaned |= self._placed_by(cleaned["postcode"])
        return cleaned

    def clean_code(self) -> str | None:
        """No code is null: two centres without one don't collide."""
        return self.cleaned_data["code"] or None

    def _placed_by(self, postcode: str) -> dict[str, Decimal]:
        try:
            place = locate(postcode)
        except PostcodeError as error:
            raise forms.ValidationError({"postcode": str(error)}) from error
        return {name: Decimal(text) for name, text in _degrees(place).items()}


@admin.register(Center)
class CenterAdmin(CenterImportPages, RecordedAdmin):
    """Add, move, close and reopen centres."""

    form = CenterForm
    list_display = ("name", "code", "town", "postcode", "nation", "is_active", "is_placed")
    list_filter = ("is_active", "nation", ("latitude", admin.EmptyFieldListFilter))
    search_fields = ("name", "code", "town", "postcode", "aliases__alias")
    search_help_text = "A name, another name, a number, a town or a postcode"
    actions = ("close", "reopen")
    change_form_template = "admin/centers/center/change_form.html"
    change_list_template = "admin/centers/center/change_list.html"

    def save_model(
        self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool
    ) -> None:
        """Save, record, and say in which nation it is."""
        super().save_model(request, obj, form, change)
        fill_nations()

    @admin.display(description="on the map", boolean=True)
    def is_placed(self, center: Center) -> bool:
        """One without coordinates is found by its name alone."""
        return center.latitude is not None

    @admin.action(description="Close the chosen centres", permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Center]) -> None:
        """Closed centres are neither searched nor alerted about."""
        self._set_active(request, queryset, active=False)

    @admin.action(description="Reopen the chosen centres", permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Center]) -> None:
        """Their open slots count again."""
        self._set_active(request, queryset, active=True)

    def _set_active(
        self, request: HttpRequest, queryset: QuerySet[Center], *, active: bool
    ) -> None:
        for center in queryset.exclude(is_active=active):
            center.is_active = active
            center.save(update_fields=["is_active"])
            verb = "reopened" if active else "closed"
            record(f"center.{verb}", actor=request.user, subject=center)
        self.message_user(request, f"{'Reopened' if active else 'Closed'}.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Centres close; their slots and openings stay."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One centre, with what else it is called."""
        center = self.get_object(request, object_id)
        aliases = center.aliases.all() if isinstance(center, Center) else ()
        context = {**(extra_context or {}), "aliases": aliases}
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        """The pages of lists, and what the map asks."""
        view = self.admin_site.admin_view
        return [
            path("export/", view(require_safe(self.export_view)), name="centers_center_export"),
            path("locate/", view(require_safe(self.locate_view)), name="centers_center_locate"),
            *super().get_urls(),
        ]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The open centres, as `import_centers` reads them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        text = centers_as_csv(Center.objects.open())
        headers = {"Content-Disposition": 'attachment; filename="test-centres.csv"'}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)

    def locate_view(self, request: HttpRequest) -> JsonResponse:
        """Where a postcode is and how exactly that is known, or why not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            place = locate(request.GET.get("postcode", ""))
        except PostcodeError as error:
            return JsonResponse({"problem": str(error)}, status=422)
        return JsonResponse({**_degrees(place), "said": _said(place)})


def _degrees(place: Place) -> dict[str, str]:
    """Latitude and longitude to 6 decimals, about 10 cm."""
    return {"latitude": f"{place.latitude:.6f}", "longitude": f"{place.longitude:.6f}"}


def _said(place: Place) -> str:
    if place.precision == Precision.EXACT:
        return f"Placed at {place.postcode}."
    kind = Precision(place.precision).label
    return f"Placed in the middle of the {kind}. Move the pin to the centre’s own door."
