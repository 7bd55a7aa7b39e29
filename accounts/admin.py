"""People and roles in admin; no password is shown or set here."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.models import Role, SavedSearch, User
from audit.recorded_admin import AsksAgainAdmin, ReadOnlyAdmin, RecordedAdmin


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
            raise forms.ValidationError("This is the last active admin: make another one first.")
        return cleaned


@admin.register(User)
class UserAdmin(AsksAgainAdmin, RecordedAdmin):
    """Change a role, or disable somebody."""

    form = UserForm
    list_display = ("email", "role", "is_active", "created_at", "last_login")
    list_filter = ("role", "is_active")
    list_select_related = ("role",)
    search_fields = ("email",)
    show_full_result_count = False
    fields = ("email", "first_name", "last_name", "role", "is_active", "created_at", "last_login")
    readonly_fields = ("email", "first_name", "last_name", "created_at", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People erase themselves; staff disable."""
        return False


@admin.register(Role)
class RoleAdmin(AsksAgainAdmin, RecordedAdmin):
    """What a role may do, and how many have it."""

    list_display = ("role_name", "description", "people")
    filter_horizontal = ("permissions",)
    readonly_fields = ("role_name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        """Roles with the number of people in each."""
        return super().get_queryset(request).annotate(people=Count("users"))

    @admin.display(description="people")
    def people(self, role: Any) -> int:
        """How many people have the role."""
        return role.people

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The four roles are the program's."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The four roles are the program's."""
        return False


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnlyAdmin):
    """Learners' searches, to answer their questions."""

    list_display = ("id", "user", "postcode", "notification_radius", "is_active", "paused_until")
    list_select_related = ("user",)
    list_filter = ("notification_method", "is_active")
    search_fields = ("user__email", "postcode")
    show_full_result_count = False
    exclude: ClassVar = ["location"]
