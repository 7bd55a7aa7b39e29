"""The hours in which a learner wants no message."""

from datetime import time

from django.db import transaction

from accounts.models import User
from audit.trail import record


def set_quiet_hours(*, user: User, start: time | None, end: time | None) -> None:
    """Hold messages from `start` until `end` (Europe/London, over midnight where end is earlier).

    None for both lets messages go at any hour.
    """
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(quiet_from=start, quiet_until=end)
        record("user.quiet_hours_changed", actor=user, subject=user)
