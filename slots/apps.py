"""The `slots` app's registration with Django."""

from django.apps import AppConfig


class SlotsConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "slots"
    default_auto_field = "django.db.models.AutoField"
