"""The `accounts` app's registration with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "accounts"
    default_auto_field = "django.db.models.AutoField"
