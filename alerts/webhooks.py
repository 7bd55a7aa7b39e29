"""Webhooks added, ended, and what follows from what their hosts answer."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Least, Now

from accounts.encryption import cipher
from accounts.models import User
from alerts.channels.webhook import BadAddressError, check_address, make_secret
from alerts.models import Webhook
from alerts.models.webhooks import PURPOSE
from audit.trail import Actor, record

# One that accepted none of so many messages in a row, the first so long ago, gets no more.
MOST_FAILURES = 5
FAILING_FOR = timedelta(days=3)


class CannotAdd(ValueError):
    """Why this address can't be added; a sentence for the learner."""


@transaction.atomic
def add_webhook(*, user: User, url: str) -> tuple[Webhook, str]:
    """Send a learner's alerts to an address too. Returns it, and the secret to be shown once.

    Raises CannotAdd: for an address that none may go to, one that is there already, or one too
    many.
    """
    try:
        host = (check_address(url).hostname or "").lower()
    except BadAddressError as error:
        raise CannotAdd(str(error)) from error
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    live = Webhook.objects.live_of(user)
    if live.filter(url=url).exists():
        raise CannotAdd("You have added this address already")
    taken = set(live.values_list("place", flat=True))
    free = [place for place in range(1, Webhook.MOST + 1) if place not in taken]
    if not free:
        raise CannotAdd(f"You can have {Webhook.MOST} webhooks. Remove one first")
    secret = make_secret()
    encrypted = cipher(PURPOSE).encrypt(secret.encode()).decode()
    webhook = Webhook.objects.create(user=user, place=free[0], url=url, host=host, secret=encrypted)
    record("webhook.added", actor=user, subject=webhook)
    return webhook, secret


@transaction.atomic
def end_webhook(*, webhook: Webhook, reason: Webhook.EndReason, actor: Actor | None) -> bool:
    """Let nothing more go there, from this commit on, and forget its secret.

    False when it had ended before.
    """
    live = Webhook.objects.filter(pk=webhook.pk, ended_at__isnull=True)
    ended = bool(live.update(ended_at=Now(), end_reason=reason, secret=""))
    if ended:
        record("webhook.ended", actor=actor, subject=webhook, reason=reason)
    return ended


def note_accepted(webhook_id: int) -> None:
    """What it accepts ends the row of what it didn't."""
    failing = Webhook.objects.filter(pk=webhook_id, failures__gt=0)
    failing.update(failures=0, failing_since=None)


@transaction.atomic
def note_failure(webhook_id: int, *, is_gone: bool = False) -> None:
    """Count a message that it did not accept; end one that is gone or accepts none for days."""
    live = Webhook.objects.filter(pk=webhook_id, ended_at__isnull=True)
    live.update(
        failures=Least(F("failures") + 1, MOST_FAILURES),
        failing_since=Coalesce("failing_since", Now()),
    )
    failing = live.filter(failures__gte=MOST_FAILURES, failing_since__lte=Now() - FAILING_FOR)
    reason = Webhook.EndReason.GONE if is_gone else Webhook.EndReason.FAILING
    for webhook in live if is_gone else failing:
        end_webhook(webhook=webhook, reason=reason, actor=None)


@transaction.atomic
def reencrypt() -> int:
    """Encrypt each secret by the present SECRET_KEY. Returns the number of webhooks.

    Raises cryptography.fernet.InvalidToken for one that neither it nor a fallback has written.
    """
    live = Webhook.objects.filter(ended_at__isnull=True)
    webhooks = live.select_for_update().order_by("pk")
    for webhook in webhooks:
        webhook.secret = cipher(PURPOSE).rotate(webhook.secret.encode()).decode()
        webhook.save(update_fields=["secret"])
    return len(webhooks)
