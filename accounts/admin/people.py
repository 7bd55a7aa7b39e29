"""People in admin: who they are, what they may, and what staff can do for or against them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts import staffing
from accounts.models import Role, User
from accounts.second_factor import reset_second_factor, ways_in
from accounts.sessions import end_sessions
from accounts.staffing import LastAdmin
from audit.admin_links import list_link
from audit.large_lists import LargeListAdmin, number
from audit.recorded_admin import AsksAgainAdmin, AuditedHistoryAdmin

# Lists with a column `user` that apps above have of each person: their label and words.
MORE_LISTS: list[tuple[str, str]] = []


class UserForm(forms.ModelForm):
    """Says in a sentence what the database would refuse."""

    class Meta:
        model = User
        fields = ("role", "is_active")

    def clean(self) -> dict[str, Any]:
        """The last active admin stays one; the database holds it against two at once, too."""
        cleaned = super().clean() or {}
        role = cleaned.get("role")
        stays = cleaned.get("is_active") and role is not None and role.role_name == Role.ADMIN
        if not stays and self.instance.is_last_admin:
            raise forms.ValidationError(str(LastAdmin()))
        return cleaned


@admin.register(User)
class UserAdmin(LargeListAdmin, AsksAgainAdmin, AuditedHistoryAdmin):
    """Change a role, disable somebody, end their sessions, help them to a new password."""

    form = UserForm
    list_display = ("email", "role", "is_active", "created_at", "last_login")
    list_filter = ("role", "is_active")
    list_select_related = ("role",)
    sortable_by = ("email",)
    ordering = ("-id",)
    search_fields = ("email",)
    search_help_text = "Part of the email address, at least three characters; or the number"
    fields = (
        "email", "first_name", "last_name", "role", "is_active", "created_at", "last_login",
        "signs_in_by", "elsewhere",
    )  # fmt: skip
    readonly_fields = (
        "email", "first_name", "last_name", "created_at", "last_login", "signs_in_by", "elsewhere",
    )  # fmt: skip
    actions = ("disable", "enable", "end_sessions", "send_reset", "reset_second_factor")
    change_form_template = "admin/accounts/user/change_form.html"

    @admin.display(description="more about them")
    def elsewhere(self, user: User) -> SafeString | str:
        """The lists that show what this person has, does and did."""
        links = [
            list_link("accounts.savedsearch", "saved searches", user=user.pk),
            list_link("accounts.booking", "bookings", user=user.pk),
            *(list_link(label, text, user=user.pk) for label, text in MORE_LISTS),
            list_link("audit.auditlog", "what they did", user=user.pk),
            list_link("audit.auditlog", "what was done to them", q=f"accounts.user {user.pk}"),
        ]
        return format_html_join(" · ", "{}", ((link,) for link in links))

    @admin.display(description="signs in by")
    def signs_in_by(self, user: User) -> str:
        """The ways that they have, for who helps someone that can't get in."""
        return ", ".join(ways_in(user))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """By number where it is one; anything shorter than a trigram would read every row."""
        term = search_term.strip()
        if term.isdecimal():
            return queryset.filter(pk=number(term)), False
        if term and len(term) < SHORTEST_PART:
            self.message_user(request, "Type at least three characters.", messages.WARNING)
            return queryset.none(), False
        return queryset.filter(email__icontains=term) if term else queryset, False

    def save_model(self, request: HttpRequest, obj: User, form: UserForm, change: bool) -> None:
        """Each change is a write of its own, which records itself."""
        user, actor = obj, request.user
        staffing.change_role(user=user, role=form.cleaned_data["role"], actor=actor)
        switch = staffing.enable_user if form.cleaned_data["is_active"] else staffing.disable_user
        switch(user=user, actor=actor)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Say so when another admin has left this one as the last, a moment ago."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except LastAdmin as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.path)

    @admin.action(description="Disable", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        """Their sessions, tokens and alerts stop at once."""
        return self._each(request, queryset, staffing.disable_user, "disabled")

    @admin.action(description="Enable again", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        """They can sign in, and are alerted again."""
        return self._each(request, queryset, staffing.enable_user, "enabled")

    @admin.action(description="End all sessions", permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        """They have to sign in again, everywhere."""
        return self._each(request, queryset, end_sessions, "signed out")

    @admin.action(description="Send a link to choose a new password", permissions=["change"])
    def send_reset(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        """By mail, to the address that they sign in with."""
        return self._each(
            request, queryset, partial(staffing.send_reset, request=request), "sent a link"
        )

    @admin.action(
        description="Take the passkeys and second factor that they lost", permissions=["change"]
    )
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        """They are signed out; staff enrol another at the next sign-in."""
        return self._each(
            request, queryset, reset_second_factor, "without passkeys and a second factor now"
        )

    def _each(
        self, request: HttpRequest, users: QuerySet[User], do: Callable[..., Any], done: str
    ) -> HttpResponse:
        chosen = self.chosen(request, users, most=MOST_CHOSEN, what="people")
        for user in chosen:
            self._one(request, user, do, done)
        only = f"{chosen[0].pk}/change/" if len(chosen) == 1 and "one" in request.POST else ""
        return redirect(f"{request.path}{only}")

    def _one(self, request: HttpRequest, user: User, do: Callable[..., Any], done: str) -> None:
        try:
            changed = do(user=user, actor=request.user)
        except LastAdmin as refused:
            self.message_user(request, f"{user}: {refused}", messages.ERROR)
        else:
            words = done if changed else f"not {done}, for there was nothing to do"
            self.message_user(request, f"{words}: {user}.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People erase themselves; staff disable."""
        return False


# Whom a person can have looked at, one by one.
MOST_CHOSEN = 200
# What a trigram index can answer.
SHORTEST_PART = 3
