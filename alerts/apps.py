"""The `alerts` app's registration with Django."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "alerts"
    default_auto_field = "django.db.models.AutoField"
