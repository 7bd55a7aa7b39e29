"""The `accounts` app's registration with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "accounts"
    verbose_name = "People"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Listen for what has to be audited, and for what changes in sessions."""
        from accounts import audit_signals, second_factor, sessions  # noqa: PLC0415

        audit_signals.connect()
        second_factor.connect()
        sessions.connect()
