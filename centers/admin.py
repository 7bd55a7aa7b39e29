"""Test centres and their other names in admin."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from audit.recorded_admin import RecordedAdmin
from audit.trail import record
from centers.geocoding import PostcodeError, locate
from centers.models import Center, CenterAlias
from centers.naming import fold


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
        degrees = {"latitude": place.latitude, "longitude": place.longitude}
        return {name: Decimal(str(round(value, 6))) for name, value in degrees.items()}


@admin.register(Center)
class CenterAdmin(RecordedAdmin):
    """Add, move, close and reopen centres."""

    form = CenterForm
    list_display = ("name", "code", "town", "postcode", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code", "town", "postcode", "aliases__alias")
    actions = ("close", "reopen")

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


class CenterAliasForm(forms.ModelForm):
    """An alias is unique as it is compared, not as it is typed."""

    class Meta:
        model = CenterAlias
        fields = ("alias", "center")

    def clean_alias(self) -> str:
        """Refuse what another centre is called already."""
        alias = self.cleaned_data["alias"]
        others = CenterAlias.objects.filter(folded=fold(alias)).exclude(pk=self.instance.pk)
        taken = others.select_related("center").first()
        if taken:
            raise forms.ValidationError(f"That already stands for {taken.center}.")
        return alias


@admin.register(CenterAlias)
class CenterAliasAdmin(RecordedAdmin):
    """What else sources call a centre; a rejected row's name arrives here filled in."""

    form = CenterAliasForm
    list_display = ("alias", "center")
    list_select_related = ("center",)
    search_fields = ("alias", "center__name")
    autocomplete_fields = ("center",)

    def save_model(
        self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool
    ) -> None:
        """What is compared follows from what was typed."""
        form.instance.folded = fold(form.instance.alias)
        super().save_model(request, obj, form, change)
