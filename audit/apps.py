"""The `audit` app's registration with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "audit"
    verbose_name = "Audit log and settings"
    default_auto_field = "django.db.models.AutoField"
