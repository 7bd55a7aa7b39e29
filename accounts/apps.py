"""The `accounts` app's registration with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "accounts"
    verbose_name = "People"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Listen for what has to be audited."""
        from accounts import audit_signals  # noqa: PLC0415

        audit_signals.connect()
