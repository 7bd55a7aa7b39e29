"""Messages that are due: a waiting alert for each of many learners, gathered by the program."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from accounts.mail.smtp import Envelope
from alerts.channels.push import SealedPush
from alerts.delivery.claim import Claimed, claim
from alerts.delivery.deliver import prepare
from alerts.delivery.gather import gather_notifications
from alerts.delivery.unsent import put_back_unsent
from alerts.models import Delivery
from tests.benchmarks.world import owner_at_rest
from tests.push_endpoint import Browser

# Each learner is told of one of 100 slots that are open.
ALERTS = """
WITH opening AS (
    SELECT opening.id, opening.slot_id, row_number() OVER (ORDER BY opening.id) - 1 AS place
      FROM slots_slotopening opening JOIN drivingtestslots slot USING (slot_id)
     WHERE opening.closed_at IS NULL AND slot.available AND slot.date > current_date + 1
     LIMIT 100
), search AS (
    SELECT preference_id, user_id, row_number() OVER (ORDER BY preference_id) AS place
      FROM userpreferences WHERE notification_method = %(channel)s AND is_active
     ORDER BY preference_id LIMIT %(count)s
)
INSERT INTO useralerts
       (user_id, slot_id, opening_id, preference_id, miles, state, created_at)
SELECT search.user_id, opening.slot_id, opening.id, search.preference_id, 2.5, 'waiting',
       statement_timestamp() - interval '1 minute'
  FROM search
  JOIN opening ON opening.place = search.place %% (SELECT count(*) FROM opening)
"""
# Every learner's browser has the same keys, which cost as much as others.
SUBSCRIPTIONS = """
INSERT INTO alerts_pushsubscription (user_id, endpoint, p256dh, auth, created_at)
SELECT user_id, %(service)s || '/' || user_id, %(p256dh)s, %(auth)s, now()
  FROM userpreferences WHERE notification_method = 'push'
"""
FORGET = """
DELETE FROM alerts_delivery; DELETE FROM useralerts; DELETE FROM alerts_notification
"""


def subscribe(service: str) -> None:
    """Give each learner who wants pushes a browser at a push service, as `https://host:port`."""
    browser = Browser("/")
    values = {"service": service, "p256dh": browser.p256dh, "auth": browser.auth}
    with connection.cursor() as cursor:
        cursor.execute(SUBSCRIPTIONS, values)


def unsubscribe() -> None:
    """Take all browsers away again."""
    with owner_at_rest() as owner:
        owner.execute("DELETE FROM alerts_pushsubscription")


def make_due(count: int, channel: str = "email") -> None:
    """Forget what was due and let so many messages be."""
    forget()
    with connection.cursor() as cursor:
        cursor.execute(ALERTS, {"count": count, "channel": channel})
    while gather_notifications():
        continue
    with owner_at_rest() as owner:
        owner.execute("VACUUM (ANALYZE) useralerts, alerts_notification, alerts_delivery")


def prepared(channel: str) -> list[Envelope | SealedPush]:
    """The messages of all that is due, which stays due."""
    ready = []
    while chunk := claim(channel):
        ready += prepare(chunk)
        _hold(chunk)
    put_back_unsent([each.claimed for each in ready])
    return [each.message for each in ready]


def _hold(chunk: Sequence[Claimed]) -> None:
    """Let their leases last: on a busy machine the making of all takes longer than one lasts."""
    Delivery.objects.filter(pk__in=[each.id for each in chunk]).update(
        next_attempt_at=Now() + timedelta(hours=1)
    )


def forget() -> None:
    """Leave no alert and no message behind."""
    with owner_at_rest() as owner:
        owner.execute(FORGET)
