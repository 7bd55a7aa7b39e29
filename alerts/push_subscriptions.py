"""The browsers that a learner lets us wake: adding one, and letting it go."""

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from alerts.channels import vapid
from alerts.channels.push import BadEndpointError, check_endpoint, decode_key
from alerts.delivery.devices import fail_unsent
from alerts.models import PushSubscription, UnsentReason
from audit.trail import record

MOST_DEVICES = 10
AUTH_BYTES = 16
# What a push service said of an earlier time counts no more.
AT_THE_START = dict.fromkeys(
    ("ended_at", "end_reason", "rests_until", "refused_with", "refused_at")
) | {"refusals": 0}


class BadSubscription(ValueError):
    """What a browser sent can't be used; the sentence is for the learner."""


@transaction.atomic
def subscribe(
    *, user: User, endpoint: str, p256dh: str, auth: str, label: str, vapid_key: str = ""
) -> PushSubscription:
    """Add a browser, or take its new keys; raises BadSubscription.

    `vapid_key` is the key of ours that it was told; empty is the present one.
    An endpoint stays with the user who brought it first, even if another brings it later.
    """
    _check(endpoint, p256dh, auth, vapid_key)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    keys = {"p256dh": p256dh, "auth": auth, "vapid_key": vapid_key or vapid.public_key()}
    values = keys | {"label": label[:100]} | AT_THE_START
    found = PushSubscription.objects.filter(endpoint=endpoint).first()
    if found and found.user_id != user.pk:
        raise BadSubscription("This browser is another account's. Sign in there to turn it off.")
    if not found and PushSubscription.objects.live_of(user).count() >= MOST_DEVICES:
        raise BadSubscription(f"You have {MOST_DEVICES} devices. Remove one first.")
    subscription, _ = PushSubscription.objects.update_or_create(
        user=user, endpoint=endpoint, defaults=values
    )
    record("push.added", actor=user, subject=subscription)
    return subscription


def _check(endpoint: str, p256dh: str, auth: str, vapid_key: str) -> None:
    if vapid_key and not vapid.is_ours(vapid_key):
        raise BadSubscription("This page is from before our key changed. Load it again.")
    try:
        check_endpoint(endpoint)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode_key(p256dh))
        usable = len(decode_key(auth)) == AUTH_BYTES
    except (BadEndpointError, ValueError) as error:
        raise BadSubscription("This browser's push service is not one we can use.") from error
    if not usable:
        raise BadSubscription("This browser's push service is not one we can use.")


@transaction.atomic
def renew(
    *, old_endpoint: str, endpoint: str, p256dh: str, auth: str, vapid_key: str = ""
) -> PushSubscription:
    """Go on at the endpoint that a browser has put in the place of its old one.

    Nobody but the browser and its push service knows the old endpoint, so it is the proof.
    Raises BadSubscription, also for an old endpoint that is not in use.
    """
    _check(endpoint, p256dh, auth, vapid_key)
    renewable = PushSubscription.objects.renewable().filter(endpoint=old_endpoint)
    subscription = renewable.select_for_update(no_key=True).first()
    if subscription is None:
        raise BadSubscription("This subscription is not in use.")
    if PushSubscription.objects.filter(endpoint=endpoint).exclude(pk=subscription.pk).exists():
        raise BadSubscription("The new address is in use already.")
    keys = {"p256dh": p256dh, "auth": auth, "vapid_key": vapid_key or vapid.public_key()}
    values = {"endpoint": endpoint} | keys | AT_THE_START
    PushSubscription.objects.filter(pk=subscription.pk).update(**values)
    record("push.renewed", actor=None, subject=subscription)
    return subscription


@transaction.atomic
def unsubscribe(
    *, subscription: PushSubscription, actor: User, reason: str = PushSubscription.REMOVED
) -> None:
    """Send nothing more to a browser; what waits for it goes by email.

    A sender that has looked at the learner just now is waited for, and none looks meanwhile: what
    it has not marked `sending` by then never leaves.
    """
    User.objects.select_for_update(no_key=True).get(pk=subscription.user_id)
    PushSubscription.objects.filter(pk=subscription.pk, ended_at__isnull=True).update(
        ended_at=Now(), end_reason=reason
    )
    fail_unsent(subscription.pk, reason=UnsentReason.DEVICE_REMOVED)
    record("push.ended", actor=actor, subject=subscription)
