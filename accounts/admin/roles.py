"""Roles in admin: who has each, and what it may."""

from collections import defaultdict
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.models import Role
from audit.admin_links import list_link
from audit.recorded_admin import AsksAgainAdmin, RecordedAdmin

VERBS = {"view": "see", "add": "add", "change": "change", "delete": "delete"}
SHOWN = 20


class RoleForm(forms.ModelForm):
    """What a role may; only what admin looks after can be given."""

    class Meta:
        model = Role
        fields = ("description", "permissions")
        widgets: ClassVar = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave out permissions that open nothing."""
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            field = self.fields["permissions"]
            field.queryset = given_permissions()  # type: ignore[attr-defined]
            field.label_from_instance = in_words  # type: ignore[attr-defined]


@admin.register(Role)
class RoleAdmin(AsksAgainAdmin, RecordedAdmin):
    """What a role may do, and who has it."""

    form = RoleForm
    list_display = ("role_name", "description", "people", "may")
    fields = ("role_name", "description", "who", "permissions")
    filter_horizontal = ("permissions",)
    readonly_fields = ("role_name", "who")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        """Roles with what they may."""
        return super().get_queryset(request).prefetch_related("permissions__content_type")

    def get_readonly_fields(self, request: HttpRequest, obj: Role | None = None) -> Any:
        """An admin who could not manage roles any more would be no admin."""
        fixed = ("may",) if obj and obj.role_name == Role.ADMIN else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_fields(self, request: HttpRequest, obj: Role | None = None) -> Any:
        """The admin role's permissions are shown only."""
        if obj and obj.role_name == Role.ADMIN:
            return ("role_name", "description", "who", "may")
        return super().get_fields(request, obj)

    @admin.display(description="people")
    def people(self, role: Role) -> SafeString | str:
        """Who has the role; everybody without one counts as a user."""
        if role.role_name == Role.USER:
            return "everybody who signs up"
        count = role.users.count()
        words = "1 person" if count == 1 else f"{count} people"
        return list_link("accounts.user", words, role__id__exact=role.pk)

    @admin.display(description="who has it")
    def who(self, role: Role) -> SafeString | str:
        """Their addresses, the first of them."""
        if role.role_name == Role.USER:
            return "everybody who signs up"
        users = role.users.order_by("email")[:SHOWN]
        named = [list_link("accounts.user", user.email, q=user.pk) for user in users]
        return format_html_join(", ", "{}", ((each,) for each in named)) or "nobody"

    @admin.display(description="what it may")
    def may(self, role: Role) -> SafeString | str:
        """In words, one line for each kind of thing."""
        if role.role_name == Role.ADMIN:
            return "everything"
        verbs = defaultdict(list)
        for each in role.permissions.all():
            if opens_something(each):
                verbs[each.content_type.name].append(verb_of(each))
        lines = ((name, ", ".join(words)) for name, words in sorted(verbs.items()))
        return format_html_join("", "<div>{}: {}</div>", lines) or "nothing in admin"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The four roles are the program's."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The four roles are the program's."""
        return False


def given_permissions() -> QuerySet[Permission]:
    """The permissions that open something in admin."""
    models = [(each._meta.app_label, each._meta.model_name) for each in admin.site._registry]  # noqa: SLF001
    found = Permission.objects.select_related("content_type")
    apps, names = {app for app, _ in models}, {name for _, name in models}
    return found.filter(content_type__app_label__in=apps, content_type__model__in=names)


def opens_something(permission: Permission) -> bool:
    """Whether admin has pages of what it is about; a reader of all may read what has none, too."""
    model = permission.content_type.model_class()
    return model is not None and admin.site.is_registered(model)


def in_words(permission: Permission) -> str:
    """As `test centre: change`."""
    return f"{permission.content_type.name}: {verb_of(permission)}"


def verb_of(permission: Permission) -> str:
    """What the permission lets one do."""
    word = permission.codename.partition("_")[0]
    return VERBS.get(word, permission.name)
