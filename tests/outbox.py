"""The mails about accounts that wait to be sent, which tests read before a mail server does."""

from datetime import timedelta

from django.db.models.functions import Now

from accounts.mail.send import send_outbox
from accounts.models import Breaker, OutboxMail


def outbox() -> list[OutboxMail]:
    """All, the oldest first."""
    return list(OutboxMail.objects.order_by("pk"))


def send_all() -> int:
    """Send what waits, as if the time until each is due had passed; how many were accepted."""
    OutboxMail.objects.live().update(next_attempt_at=Now() - timedelta(seconds=1))
    Breaker.objects.all().delete()
    return send_outbox(seconds=20)
