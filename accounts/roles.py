"""The four default roles and what each may do in admin."""

from collections.abc import Sequence

from django.apps import apps
from django.contrib.auth.models import Permission

from accounts.models import Role

DESCRIPTIONS = {
    Role.USER: "Own searches, alerts and account",
    Role.CENTER_MANAGER: "Looks after test centres, slots and held batches",
    Role.AUDITOR: "Reads everything, the audit log too; changes nothing",
    Role.ADMIN: "Everything, roles and settings too",
}


def keep_default_roles(*, using: str = "default") -> None:
    """Make the default roles that are missing, and offer each role its share of new permissions.

    A permission is offered to a role once, so that what an admin changed stays changed.
    """
    for name, description in DESCRIPTIONS.items():
        role, _ = Role.objects.using(using).get_or_create(
            role_name=name, defaults={"description": description}
        )
        _offer_new_permissions(role)


def _offer_new_permissions(role: Role) -> None:
    using = role._state.db
    new = Permission.objects.using(using).exclude(pk__in=role.offered.all())
    granted = [each for each in new.select_related("content_type") if _grants(role, each)]
    role.permissions.add(*granted)
    role.offered.add(*new)


def _grants(role: Role, permission: Permission) -> bool:
    if role.role_name == Role.ADMIN:
        return True
    if role.role_name == Role.AUDITOR:
        return permission.codename.startswith("view_")
    if role.role_name == Role.CENTER_MANAGER:
        return permission.codename in _manager_codenames(permission.content_type.app_label)
    return False


def _manager_codenames(app_label: str) -> Sequence[str]:
    """What an app's registration grants to centre managers: `center_managers_may`."""
    return getattr(apps.app_configs.get(app_label), "center_managers_may", ())
