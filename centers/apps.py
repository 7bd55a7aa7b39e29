"""The `centers` app's registration with Django."""

from django.apps import AppConfig


class CentersConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "centers"
    verbose_name = "Test centres"
    default_auto_field = "django.db.models.AutoField"
