"""A test notification: shows a learner that a device is reached, and what one looks like there."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.mail.results import Accepted, Never
from alerts.channels.push import Push, pusher, seal
from alerts.delivery import devices
from alerts.messages.pushes import key_to_renew_with, shown_as
from alerts.models import PushSubscription

SECONDS = 10.0
# Nobody wants a test that arrives later.
TTL_SECONDS = 60
TOPIC = TAG = "trial"


def send_trial_push(subscription: PushSubscription, *, body: str) -> bool:
    """Push to one device at once; whether its push service took it.

    What its push service answers counts for the device as with a real alert.
    """
    push = Push(
        endpoint=subscription.endpoint,
        p256dh=subscription.p256dh,
        auth=subscription.auth,
        payload=_payload(body, subscription),
        ttl=TTL_SECONDS,
        topic=TOPIC,
        vapid_key=subscription.vapid_key,
    )
    result = pusher().send(seal(push), seconds=SECONDS)
    if isinstance(result, Never):
        with transaction.atomic():
            devices.refuse(subscription.pk, result)
    elif isinstance(result, Accepted):
        devices.accept(subscription.pk)
    return isinstance(result, Accepted)


def send_trial_pushes(subscriptions: Iterable[PushSubscription], *, body: str) -> int:
    """Push to each; how many push services took it."""
    return sum(send_trial_push(each, body=body) for each in subscriptions)


def _payload(body: str, subscription: PushSubscription) -> bytes:
    return shown_as(
        title=f"Test from {settings.SITE_NAME}",
        body=body[:500],
        url=f"{settings.SITE_URL}{reverse('search_list')}",
        tag=TAG,
        renew=key_to_renew_with(subscription),
    )
