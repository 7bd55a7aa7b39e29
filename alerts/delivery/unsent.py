"""Deliveries that don't go out: ended, or put back for later, by the sender that claimed them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.mail.retries import delay_after
from alerts.channels import BESIDE
from alerts.delivery.claim import RELEASE, Claimed, lock_claimed, update_claimed
from alerts.models import Delivery, UnsentReason

State = Delivery.State
END = f"state = %(state)s, reason = %(reason)s, last_error = %(error)s, {RELEASE}"
PUT_BACK = f"""
    state = 'retry', last_error = %(error)s, {RELEASE},
    next_attempt_at = statement_timestamp() + make_interval(secs => %(seconds)s)
"""
HOLD = f"""
    state = 'retry', starts = starts - 1, refused_since = NULL, {RELEASE},
    next_attempt_at = %(until)s
"""
# Not waiting for a sender that is giving the notification an email at this moment.
DUE_LATER = """
WITH free AS (
    SELECT id FROM alerts_notification WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE alerts_notification notification SET due_at = %(until)s
  FROM free WHERE notification.id = free.id
"""
UNSENT = f"""
UPDATE alerts_delivery
   SET state = 'retry', starts = starts - 1, next_attempt_at = statement_timestamp(), {RELEASE}
 WHERE id = ANY (%(ids)s)
"""  # noqa: S608 - RELEASE is written in `claim`
END_ALERTS = """
WITH ended AS (
    SELECT alert_id FROM useralerts
     WHERE {which} AND state = 'waiting' ORDER BY alert_id FOR UPDATE
)
UPDATE useralerts alert SET state = %(state)s, state_reason = %(reason)s
  FROM ended WHERE alert.alert_id = ended.alert_id
"""
END_THESE = END_ALERTS.format(which="alert_id = ANY (%(alerts)s)")
END_ALL = END_ALERTS.format(
    which="""notification_id = %(notification)s AND NOT (%(by_email)s AND EXISTS (
               SELECT FROM alerts_delivery push
                WHERE push.notification_id = %(notification)s AND push.channel = 'push'
                  AND push.state IN ('pending', 'claimed', 'sending', 'retry')))"""
)


def stop(claimed: Claimed, *, state: State, reason: UnsentReason) -> None:
    """End a delivery that was claimed but not sent, and the alerts that wait for it."""
    values = {"state": state, "reason": reason, "error": None}
    if update_claimed(claimed, END, values, state=State.CLAIMED):
        end_alerts_of(claimed, state=state, reason=reason)


def leave_to_mail(claimed: Claimed) -> None:
    """End a claimed push whose notification goes by email; its alerts wait for that."""
    values = {"state": State.SUPPRESSED, "reason": UnsentReason.MAILED_INSTEAD, "error": None}
    update_claimed(claimed, END, values, state=State.CLAIMED)


def hold_until(claimed: Claimed, *, until: datetime) -> None:
    """Put a claimed delivery back until a time (aware), when its notification is due again.

    It uses up nothing, nor the time after which a push goes by email.
    """
    update_claimed(claimed, HOLD, {"until": until}, state=State.CLAIMED)
    with connection.cursor() as cursor:
        cursor.execute(DUE_LATER, {"id": claimed.notification_id, "until": until})


def put_back(claimed: Claimed, *, error: str) -> None:
    """Put back a delivery whose message could not be made; its starts go on counting."""
    values = {"error": error[:500], "seconds": delay_after(claimed.starts)}
    update_claimed(claimed, PUT_BACK, values, state=State.CLAIMED)


@transaction.atomic
def put_back_unsent(unsent: Sequence[Claimed]) -> None:
    """Put back what is `sending` but has not reached the network; it uses up nothing."""
    still = lock_claimed(unsent, state=State.SENDING)
    with connection.cursor() as cursor:
        cursor.execute(UNSENT, {"ids": list(still)})


def end_alerts(alert_ids: list[int], *, state: str, reason: UnsentReason) -> None:
    """Let waiting alerts end unsent, each for the reason."""
    values: dict[str, Any] = {"alerts": alert_ids, "state": state, "reason": reason}
    with connection.cursor() as cursor:
        cursor.execute(END_THESE, values)


def end_alerts_of(claimed: Claimed, *, state: State, reason: UnsentReason) -> None:
    """End the alerts that wait for a delivery, but a failed push's: they go by email.

    Nor an email's while pushes beside it are open; what neither ends, `gather` does. None waits
    for what goes beside the learner's own.
    """
    failed_push = claimed.channel == Delivery.Channel.PUSH and state == State.FAILED
    if failed_push or claimed.channel in BESIDE:
        return
    notification = claimed.notification_id
    values: dict[str, Any] = {
        "notification": notification, "state": state, "reason": reason,
        "by_email": claimed.channel == Delivery.Channel.EMAIL,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(END_ALL, values)
