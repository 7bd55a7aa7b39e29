"""The `alerts` app's registration with Django."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "alerts"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Follow what the apps below and allauth say; models have to be loaded before tasks are."""
        from accounts.mail.drafts import WRITERS  # noqa: PLC0415
        from accounts.querysets import TAKEN_SINCE  # noqa: PLC0415
        from alerts.hints import hint_matching  # noqa: PLC0415
        from alerts.matching.reach import follow_centers  # noqa: PLC0415
        from alerts.querysets import alerts_taken_since  # noqa: PLC0415
        from alerts.searches.ending_mails import write  # noqa: PLC0415
        from alerts.searches.endings import ENDED, RESTING  # noqa: PLC0415
        from centers.signals import many_centers_written  # noqa: PLC0415
        from slots.signals import openings_recorded  # noqa: PLC0415

        openings_recorded.connect(hint_matching, dispatch_uid="alerts.hint_matching")
        many_centers_written.connect(follow_centers, dispatch_uid="alerts.follow_centers")
        TAKEN_SINCE.append(alerts_taken_since)
        WRITERS.update(dict.fromkeys((ENDED, RESTING), write))
