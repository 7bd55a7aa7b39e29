"""The authentication backend: allauth signs people in, and the role answers every permission."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User


class RoleBackend(AuthenticationBackend):
    """Permissions come from the role; Django's groups and superuser flag play no part."""

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Any = None) -> bool:
        """Whether the user's role grants `app_label.codename`."""
        return isinstance(user_obj, User) and user_obj.has_perm(perm, obj)

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        """Whether the user's role grants anything in the app."""
        return isinstance(user_obj, User) and user_obj.has_module_perms(app_label)

    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: Any = None) -> set[str]:
        """All that the user's role grants, as `app_label.codename`."""
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return set()
        return set(user_obj.role_permissions)

    get_group_permissions = get_all_permissions

    def get_user_permissions(self, user_obj: User | AnonymousUser, obj: Any = None) -> set[str]:
        """None: permissions are never given to a person."""
        return set()

    def with_perm(
        self, perm: Any, is_active: bool = True, include_superusers: bool = True, obj: Any = None
    ) -> QuerySet[User]:
        """The users whose role grants a permission."""
        return User.objects.filter(is_active=is_active, role__permissions=perm)
