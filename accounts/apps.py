"""The `accounts` app's registration with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "accounts"
    verbose_name = "People"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Listen for what has to be audited, for changed sessions and for confirmed addresses."""
        from allauth.account.signals import email_confirmed  # noqa: PLC0415

        from accounts import audit_signals, second_factor, sessions  # noqa: PLC0415
        from accounts.mail.refused_addresses import lift_for_confirmed  # noqa: PLC0415

        audit_signals.connect()
        second_factor.connect()
        sessions.connect()
        email_confirmed.connect(lift_for_confirmed, dispatch_uid="accounts.lift_for_confirmed")
