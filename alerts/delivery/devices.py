"""What a push service's answer about one device means: for the device, its provider, and for us.

404 and 410 end a device. 429 rests it for as long as was asked for, and its provider only once
MANY_BUSY devices were answered so within a minute. 400, 401 and 403 twice in a row end it, unless
the fault is ours: a wrong key is refused at every device. So it is the device's where its provider
has accepted another since it was first refused, or was accepting until then and has refused no
other; else 401 and 403 are ours, also where a provider has that one device only, of which nobody
can tell. 400 is ours where OURS_FROM devices are answered so within 10 minutes, which one made with
an earlier key does not explain. What is ours ends no device, and staff are told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.urls import reverse

from accounts.mail.results import Never, TryLater
from accounts.staff_alarms import raise_alarm
from alerts.models import Delivery, PushSubscription, UnsentReason

BAD_REQUEST, BUSY = 400, 429
KEY_REFUSED = (401, 403)
MANY_BUSY = 3
OURS_FROM = 5
# Of a row of push subscriptions; what its deliveries have as their provider.
PROVIDER = "lower(split_part(split_part(endpoint, '/', 3), ':', 1))"
REST = f"""
UPDATE alerts_pushsubscription
   SET rests_until = statement_timestamp() + make_interval(secs => %(seconds)s),
       refused_with = %(status)s, refused_at = statement_timestamp()
 WHERE id = %(device)s
RETURNING {PROVIDER}
"""  # noqa: S608 - PROVIDER is written above
BUSY_AT = f"""
SELECT count(*) FROM (
    SELECT FROM alerts_pushsubscription
     WHERE refused_at > statement_timestamp() - interval '1 minute'
       AND refused_with = %(status)s AND {PROVIDER} = %(provider)s
     LIMIT %(many)s) busy
"""  # noqa: S608
REFUSE = f"""
WITH before AS (
    SELECT id, refused_at FROM alerts_pushsubscription WHERE id = %(device)s FOR NO KEY UPDATE
)
UPDATE alerts_pushsubscription device
   SET refusals = refusals + 1, refused_with = %(status)s, refused_at = statement_timestamp()
  FROM before
 WHERE device.id = before.id
RETURNING {PROVIDER}, refusals, before.refused_at
"""  # noqa: S608
OTHERS = f"""
SELECT (SELECT max(accepted_at) FROM alerts_delivery
         WHERE provider = %(provider)s AND channel = 'push' AND state = 'accepted'
           AND accepted_at > least(%(before)s::timestamptz,
                                   statement_timestamp() - interval '10 minutes')
           AND subscription_id <> %(device)s),
       max(refused_at), count(*)
  FROM (SELECT refused_at FROM alerts_pushsubscription
         WHERE refused_at > statement_timestamp() - interval '10 minutes'
           AND refused_with = ANY (%(statuses)s) AND ended_at IS NULL
           AND id <> %(device)s AND {PROVIDER} = %(provider)s
         ORDER BY refused_at DESC
         LIMIT %(many)s) refused
"""  # noqa: S608


def accept(device_id: int) -> None:
    """A device that was refused has been accepted: what comes next is no longer in a row."""
    PushSubscription.objects.filter(pk=device_id).update(refusals=0)


def rest(device_id: int, busy: TryLater) -> bool:
    """Leave a device alone for as long as was asked for; whether its provider rests as well."""
    values = {"device": device_id, "seconds": busy.after_seconds, "status": BUSY}
    with connection.cursor() as cursor:
        cursor.execute(REST, values)
        provider = cursor.fetchone()[0]
        cursor.execute(BUSY_AT, {"provider": provider, "status": BUSY, "many": MANY_BUSY})
        return bool(cursor.fetchone()[0] >= MANY_BUSY)


def refuse(device_id: int, refusal: Never) -> None:
    """End a device that is gone or refused again, or have staff told that the fault is ours."""
    if refusal.key_gone:
        end_device(device_id, reason=PushSubscription.EARLIER_KEY)
    elif refusal.target_gone:
        end_device(device_id, reason=refusal.error)
    elif refusal.status == BAD_REQUEST or refusal.status in KEY_REFUSED:
        _judge(device_id, refusal.status, refusal.error)


def end_device(device_id: int, *, reason: str) -> None:
    """Send nothing more to a device; what still waits for it goes by email."""
    PushSubscription.objects.filter(pk=device_id, ended_at__isnull=True).update(
        ended_at=Now(), end_reason=reason[:100]
    )
    fail_unsent(device_id, reason=UnsentReason.DEVICE_ENDED)


def fail_unsent(device_id: int, *, reason: UnsentReason) -> None:
    """End what waits to be sent to a device, so that it goes by email; senders lose their claim."""
    Delivery.objects.filter(subscription=device_id).unsent().update(
        state=Delivery.State.FAILED, reason=reason, lease_token=None, lease_until=None
    )


@dataclass(frozen=True)
class _Others:
    """What a provider answered about other devices: up to OURS_FROM - 1 refusals in 10 minutes."""

    accepted_at: datetime | None
    refused_at: datetime | None
    refusals: int

    def are_accepted(self, *, since: datetime | None) -> bool:
        """Whether this provider takes our pushes to others."""
        if self.accepted_at is None:
            return False
        refused_since = self.refused_at is not None and self.refused_at > self.accepted_at
        return not refused_since or (since is not None and self.accepted_at > since)


def _judge(device_id: int, status: int, error: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(REFUSE, {"device": device_id, "status": status})
        provider, refusals, before = cursor.fetchone()
    others = _others(device_id, provider, status, before)
    is_ours = not others.are_accepted(since=before) and (
        status in KEY_REFUSED or others.refusals >= OURS_FROM - 1
    )
    again = refusals > 1
    if again and not is_ours:
        end_device(device_id, reason=error)
    elif is_ours and (again or others.refusals):
        _tell_staff(provider, error)


def _others(device_id: int, provider: str, status: int, before: datetime | None) -> _Others:
    values: dict[str, Any] = {
        "device": device_id,
        "provider": provider,
        "before": before,
        "statuses": list(KEY_REFUSED) if status in KEY_REFUSED else [status],
        "many": OURS_FROM - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, values)
        return _Others(*cursor.fetchone())


def _tell_staff(provider: str, error: str) -> None:
    raise_alarm(
        subject=f"push:{provider}",
        sentence=f"{provider} refuses our pushes to every device: {error}",
        path=f"{reverse('admin:alerts_delivery_changelist')}?state__exact=failed&channel__exact=push",
    )
