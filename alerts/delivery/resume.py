"""Sending again after it was off: what would go out, what no longer may, and the switch.

After a database went back in time, nobody knows whether what waited in it was sent in the time
that is lost. Told twice is as bad as not told, so such alerts end unless somebody says otherwise.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.config import SENDING
from accounts.models import User
from alerts.delivery.record import settle_left_behind
from alerts.models import UnsentReason
from audit.models import AuditLog, SystemConfig
from audit.trail import record

RESTORED = "database.restored"

END = """
WITH waiting AS (
    SELECT alert_id,
           alert.created_at <= %(restored_at)s AS in_doubt,
           slot.available AND opening.closed_at IS NULL
           AND slot_start(slot.date, slot.time) > statement_timestamp()
           AS is_open
      FROM useralerts alert
      JOIN drivingtestslots slot ON slot.slot_id = alert.slot_id
      LEFT JOIN slots_slotopening opening ON opening.id = alert.opening_id
     WHERE alert.state = 'waiting'
     ORDER BY alert_id
       FOR UPDATE OF alert
), ended AS (
    UPDATE useralerts alert
       SET state = CASE WHEN is_open THEN 'suppressed' ELSE 'expired' END,
           state_reason = CASE WHEN is_open THEN %(doubt)s ELSE %(closed)s END
      FROM waiting
     WHERE alert.alert_id = waiting.alert_id AND (in_doubt OR NOT is_open)
    RETURNING is_open
)
SELECT count(*) FILTER (WHERE is_open), count(*) FILTER (WHERE NOT is_open) FROM ended
"""
# A push may wait for a second device although the first has told its alerts.
END_DELIVERIES = """
UPDATE alerts_delivery delivery
   SET state = 'suppressed', reason = %(doubt)s, lease_token = NULL, lease_until = NULL
 WHERE state IN ('pending', 'claimed', 'sending', 'retry')
   AND created_at <= %(restored_at)s
   AND NOT EXISTS (SELECT FROM useralerts alert
                    WHERE alert.notification_id = delivery.notification_id
                      AND alert.state = 'waiting')
"""
LEFT = """
SELECT count(*), count(DISTINCT user_id) FROM useralerts WHERE state = 'waiting'
"""


@dataclass(frozen=True)
class Resumption:
    """What resuming does: alerts that end in doubt or closed; those left, and of how many people.

    `restored_at` (aware) is when the database last went back in time, None if it never did.
    """

    restored_at: datetime | None
    in_doubt: int
    closed: int
    alerts: int
    people: int


def resume_sending(
    *, actor: User | None, send_doubtful: bool = False, only_look: bool = False
) -> Resumption:
    """End what may not go out any more, and let the rest go; all in one transaction.

    With `only_look` all is undone again, and only the numbers are left.
    """
    with transaction.atomic():
        settle_left_behind()
        restored_at = _restored_at()
        resumption = _end(restored_at, send_doubtful=send_doubtful)
        _switch_on(actor, resumption)
        transaction.set_rollback(only_look)
    return resumption


def _restored_at() -> datetime | None:
    found = AuditLog.objects.filter(action=RESTORED).order_by("-id").first()
    return found.timestamp if found else None


def _end(restored_at: datetime | None, *, send_doubtful: bool) -> Resumption:
    doubtful_until = None if send_doubtful else restored_at
    values: dict[str, Any] = {
        "restored_at": doubtful_until,
        "doubt": UnsentReason.MAYBE_SENT,
        "closed": UnsentReason.SLOT_CLOSED,
    }
    with connection.cursor() as cursor:
        cursor.execute(END, values)
        in_doubt, closed = cursor.fetchone()
        cursor.execute(END_DELIVERIES, values)
        cursor.execute(LEFT)
        alerts, people = cursor.fetchone()
    return Resumption(restored_at, in_doubt, closed, alerts, people)


def _switch_on(actor: User | None, resumption: Resumption) -> None:
    SystemConfig.objects.update_or_create(key=SENDING.name, defaults={"value": "true"})
    record(
        "sending.resumed", actor=actor, subject=None, in_doubt=resumption.in_doubt,
        closed=resumption.closed, alerts=resumption.alerts,
    )  # fmt: skip


def stop_sending() -> None:
    """Send nothing from this commit on, until it is resumed."""
    SystemConfig.objects.update_or_create(key=SENDING.name, defaults={"value": "false"})
