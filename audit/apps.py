"""The `audit` app's registration with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "audit"
    default_auto_field = "django.db.models.AutoField"
