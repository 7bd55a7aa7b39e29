"""The project's own registration as an installed app: it composes, and nothing imports it."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class DvsaAlertsConfig(AppConfig):
    """Connects what has to happen once every app has migrated."""

    name = "dvsa_alerts"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Roles and grants are kept after the last app's `post_migrate`, which is this one's.

        Retention is imported wherever the program runs, so that admin knows its settings.
        """
        from alerts.erasure import user_erased
        from dvsa_alerts import after_migrate, operator_check  # noqa: F401
        from dvsa_alerts.operations import pruning  # noqa: F401
        from dvsa_alerts.operations.backups.erasures import hint_erasure
        from dvsa_alerts.starting import check_machine

        user_erased.connect(hint_erasure, dispatch_uid="dvsa_alerts.hint_erasure")
        register(check_machine, deploy=True)
        post_migrate.connect(after_migrate.keep_roles_and_grants, sender=self)


class StaffAdminConfig(AdminConfig):
    """Django's admin, with our site as the one that models register with."""

    default_site = "dvsa_alerts.staff.admin_site.StaffAdminSite"
