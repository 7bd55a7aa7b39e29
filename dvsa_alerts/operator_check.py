"""A check of the deployment: people are told who answers for their data (UK GDPR, article 13)."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def operator_is_named(**_: Any) -> list[checks.CheckMessage]:
    """Warn while /contact/ names nobody."""
    if settings.OPERATOR_NAME:
        return []
    return [
        checks.Warning(
            "OPERATOR_NAME is empty, so /contact/ doesn’t say who answers for people's data.",
            hint="Set it to the person or company that runs the site.",
            id="dvsa_alerts.W001",
        )
    ]
