"""The four default roles and what each may do in admin."""

from django.contrib.auth.models import Permission

from accounts.models import Role

DESCRIPTIONS = {
    Role.USER: "Own searches, alerts and account",
    Role.CENTER_MANAGER: "Looks after test centres, slots and held batches",
    Role.AUDITOR: "Reads everything, the audit log too; changes nothing",
    Role.ADMIN: "Everything, roles and settings too",
}
MANAGED_MODELS = ("center", "centeralias", "nearestcenter", "slot")
WATCHED_MODELS = ("source", "feedbatch", "slotopening")
# To decide on a held batch is to change it.
DECISIONS = ("change_feedbatch",)


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
    granted = [each for each in new if _grants_by_default(role.role_name, each)]
    role.permissions.add(*granted)
    role.offered.add(*new)


def _grants_by_default(name: str, permission: Permission) -> bool:
    action, _, model = permission.codename.partition("_")
    if name == Role.ADMIN:
        return True
    if name == Role.AUDITOR:
        return action == "view"
    if name == Role.CENTER_MANAGER:
        watches = model in WATCHED_MODELS and action == "view"
        return model in MANAGED_MODELS or watches or permission.codename in DECISIONS
    return False
