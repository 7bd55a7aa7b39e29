"""The four default roles and what each may do in admin."""

from collections.abc import Iterator

from django.contrib.auth.models import Permission

from accounts.models import Role

DESCRIPTIONS = {
    Role.USER: "Own searches, alerts and account",
    Role.CENTER_MANAGER: "Looks after test centres, slots and held batches",
    Role.AUDITOR: "Reads everything, the audit log too; changes nothing",
    Role.ADMIN: "Everything, roles and settings too",
}
MANAGED_MODELS = ("center", "centeralias", "slot")
WATCHED_MODELS = ("source", "feedbatch", "slotopening")


def keep_default_roles(*, using: str = "default") -> None:
    """Make the default roles that are missing; one that exists keeps what an admin made of it."""
    for name, description in DESCRIPTIONS.items():
        role, created = Role.objects.using(using).get_or_create(
            role_name=name, defaults={"description": description}
        )
        if created:
            role.permissions.set(_default_permissions(name, using))


def _default_permissions(name: str, using: str) -> Iterator[Permission]:
    for permission in Permission.objects.using(using).select_related("content_type"):
        if _grants_by_default(name, permission):
            yield permission


def _grants_by_default(name: str, permission: Permission) -> bool:
    action, _, model = permission.codename.partition("_")
    if name == Role.ADMIN:
        return True
    if name == Role.AUDITOR:
        return action == "view"
    if name == Role.CENTER_MANAGER:
        return model in MANAGED_MODELS or (model in WATCHED_MODELS and action == "view")
    return False
