"""The tokens with which sources post, in admin: made, shown once, listed and revoked."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.staffing import acting_user
from audit.admin_pages import form_page, offered, page
from audit.recorded_admin import AsksAgainAdmin, ReadOnlyAdmin
from slots.models import Source, SourceToken
from slots.tokens import make_token, revoke_token


class TokenForm(forms.Form):
    """For whom a token is to be made, and what for."""

    source = forms.ModelChoiceField(Source.objects.exclude(name=Source.STAFF))
    label = forms.CharField(
        required=False, max_length=100, help_text="What it is for, such as “their new server”"
    )


@admin.register(SourceToken)
class SourceTokenAdmin(AsksAgainAdmin, ReadOnlyAdmin):
    """Tokens, of which nothing but the first characters is kept."""

    list_display = ("source", "hint", "label", "created_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "source")
    list_select_related = ("source",)
    search_fields = ("source__name", "label", "hint")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke the chosen tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[SourceToken]) -> None:
        """They stop working at once."""
        revoked = [revoke_token(token=token, actor=acting_user(request)) for token in queryset]
        self.message_user(request, f"Revoked: {sum(revoked)}.")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Those who may delete tokens may revoke them."""
        return request.user.has_perm("slots.delete_sourcetoken")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is made here; nothing about it is changed."""
        return request.user.has_perm("slots.add_sourcetoken")

    @method_decorator([never_cache, reauthentication_required])
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask for whom, then show the token, this once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TokenForm(request.POST or None, initial=offered(TokenForm, request.GET))
        if form.is_valid():
            return self._made(request, form.cleaned_data["source"], form.cleaned_data["label"])
        return form_page(self, request, form, title="Make a token", button="Make the token")

    def _made(self, request: HttpRequest, source: Source, label: str) -> HttpResponse:
        token, plain = make_token(source=source, label=label or None, actor=acting_user(request))
        return page(
            self,
            request,
            "admin/slots/sourcetoken/made.html",
            title=f"A token for {source}",
            token=token,
            plain=plain,
            address=request.build_absolute_uri(reverse("api_batches", args=[source.name])),
        )
