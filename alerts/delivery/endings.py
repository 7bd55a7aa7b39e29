"""How a try ends, for the delivery and for its alerts; only the holder of the lease writes it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from alerts import config
from alerts.channels.outcomes import Accepted, Never, Outcome, TryLater
from alerts.delivery import breakers
from alerts.delivery.leases import Held, lock_held, update_held
from alerts.delivery.rechecking import end_alerts, waiting_alerts
from alerts.delivery.refusals import end_subscription, refuse_mail
from alerts.delivery.retries import MOST_ATTEMPTS, delay_after
from alerts.models import Delivery
from slots.prepared import fetch_prepared

logger = logging.getLogger(__name__)

State = Delivery.State
MAILED_INSTEAD = "went by e-mail instead"
RELEASE = "lease_token = NULL, lease_until = NULL"
END = f"state = %(state)s, reason = %(reason)s, last_error = %(error)s, {RELEASE}"
RETRY = f"""
    state = 'retry', last_error = %(error)s, {RELEASE},
    in_doubt = in_doubt + %(doubts)s, attempts = attempts - %(unused)s,
    next_attempt_at = statement_timestamp() + make_interval(secs => %(seconds)s)
"""
HOLD = f"state = 'retry', starts = starts - 1, next_attempt_at = %(until)s, {RELEASE}"
# Not waiting for whoever is giving the notification an e-mail at this moment.
DUE_LATER = """
WITH free AS (
    SELECT id FROM alerts_notification WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE alerts_notification notification SET due_at = %(until)s
  FROM free WHERE notification.id = free.id
"""
POSTPONE = f"""
    state = 'retry', starts = starts - 1, {RELEASE},
    next_attempt_at = statement_timestamp() + interval '1 second'
"""
UNSENT = f"""
UPDATE alerts_delivery
   SET state = 'retry', starts = starts - 1, next_attempt_at = statement_timestamp(), {RELEASE}
 WHERE id = ANY (%(ids)s)
"""  # noqa: S608 - RELEASE is written above
# The network is reached from here on, so `starts` begins anew and an end now leaves a doubt. Not
# with a look that is too old; not when another has taken the delivery up meanwhile; not while the
# provider is to be left alone, which another may just have been told, but by who tries it out.
# The state is compared as LOCK_HELD does.
TOUCH = """
UPDATE alerts_delivery
   SET attempts = attempts + 1, starts = 0,
       lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
       next_attempt_at = statement_timestamp() + make_interval(secs => %(lease)s)
 WHERE id = %(next_id)s AND lease_token = %(next_token)s
   AND state IS NOT DISTINCT FROM 'sending' AND lease_until > statement_timestamp()
   AND (%(probe)s OR NOT EXISTS (
        SELECT FROM alerts_breaker breaker
         WHERE breaker.provider = alerts_delivery.provider
           AND breaker.open_until > statement_timestamp()))
RETURNING id
"""
# The first acceptance of any delivery that counted a slot makes its alert sent.
ACCEPT_AND_TOUCH = f"""
WITH accepted AS (
    UPDATE alerts_delivery
       SET state = 'accepted', accepted_at = statement_timestamp(), last_error = NULL, {RELEASE}
     WHERE id = %(id)s AND lease_token = %(token)s
       AND state IS NOT DISTINCT FROM 'sending'
    RETURNING counted
), counted AS (
    SELECT alert_id FROM useralerts
     WHERE alert_id = ANY (SELECT unnest(counted) FROM accepted) AND state <> 'sent'
     ORDER BY alert_id FOR UPDATE
), told AS (
    UPDATE useralerts alert
       SET state = 'sent', sent = true, sent_at = statement_timestamp(), state_reason = NULL
      FROM counted WHERE alert.alert_id = counted.alert_id
), touched AS ({TOUCH})
SELECT (SELECT count(*) FROM accepted), (SELECT count(*) FROM touched)
"""  # noqa: S608 - RELEASE is written above


def stop(held: Held, *, state: Delivery.State, reason: str) -> None:
    """End a delivery that was claimed but not sent, and the alerts that wait for it."""
    _end(held, state, reason=reason, error=None, left_in=State.CLAIMED)


def leave_to_mail(held: Held) -> None:
    """End a claimed push whose notification goes by e-mail; its alerts wait for that."""
    values = {"state": State.SUPPRESSED, "reason": MAILED_INSTEAD, "error": None}
    update_held(held, END, values, state=State.CLAIMED)


def hold_until(held: Held, *, until: datetime) -> None:
    """Put a claimed delivery back until a time (aware), when its notification is due anew.

    It uses up nothing, nor the time after which a push goes by e-mail.
    """
    update_held(held, HOLD, {"until": until}, state=State.CLAIMED)
    with connection.cursor() as cursor:
        cursor.execute(DUE_LATER, {"id": held.notification_id, "until": until})


def postpone(held: Held) -> None:
    """Put back a claimed delivery whose provider is being tried by another; it uses up nothing."""
    update_held(held, POSTPONE, {}, state=State.CLAIMED)


def put_back(held: Held, *, error: str) -> None:
    """Put back a claimed delivery whose message could not be made; its starts go on counting."""
    values = {"error": error[:500], "doubts": 0, "unused": 0, "seconds": delay_after(held.starts)}
    update_held(held, RETRY, values, state=State.CLAIMED)


@transaction.atomic
def put_back_unsent(unsent: Sequence[Held]) -> None:
    """Put back what is `sending` but has not reached the network; it uses up nothing."""
    still = lock_held(unsent, state=State.SENDING)
    with connection.cursor() as cursor:
        cursor.execute(UNSENT, {"ids": list(still)})


@dataclass(frozen=True)
class Sent:
    """A delivery that has been handed over, and what was answered."""

    held: Held
    outcome: Outcome


def finish_and_touch(sent: Sent | None, following: Held | None) -> bool:
    """Record what became of one, and that the following is about to reach the network.

    What nearly always happens is one statement, one round trip and one commit. False when the
    following may not be sent, or there is none.
    """
    if sent and not isinstance(sent.outcome, Accepted):
        _say_unless(_finish(sent.held, sent.outcome), sent.held)
        return following is not None and _accept_and_touch(None, following)
    if sent:
        _provider_worked(sent.held)
    return _accept_and_touch(sent.held if sent else None, following)


def _accept_and_touch(held: Held | None, following: Held | None) -> bool:
    values = {
        "id": held and held.id,
        "token": held and held.token,
        "next_id": following and following.id,
        "next_token": following and following.token,
        "lease": float(config.LEASE_SECONDS.value()),
        "probe": bool(following and following.suspect),
    }
    ((accepted, touched),) = fetch_prepared(ACCEPT_AND_TOUCH, values)
    if held:
        _say_unless(accepted, held)
    return bool(touched)


def _say_unless(kept: bool, held: Held) -> None:
    if not kept:
        logger.warning("delivery %s was taken up by another while it was sent", held.id)


def _finish(held: Held, outcome: TryLater | Never) -> bool:
    return _refuse(held, outcome) if isinstance(outcome, Never) else _retry(held, outcome)


@transaction.atomic
def _refuse(held: Held, refusal: Never) -> bool:
    _provider_worked(held)
    kept = _end(held, State.FAILED, reason="refused for good", error=refusal.error)
    if kept and refusal.target_gone:
        _end_target(held, refusal.error)
    return kept


def _end_target(held: Held, error: str) -> None:
    if held.subscription_id is not None:
        end_subscription(held.subscription_id, reason=error)
    else:
        refuse_mail(held.notification_id, reason=error)


def _provider_worked(held: Held) -> None:
    if held.provider_failures:
        breakers.worked(held.provider)


@transaction.atomic
def _retry(held: Held, later: TryLater) -> bool:
    """A provider's failing uses up no attempt, unless the message may have arrived."""
    if later.provider_failed:
        breakers.failed(
            held.provider,
            error=later.error,
            wished_seconds=later.after_seconds,
            probe=held.suspect,
        )
    free = later.provider_failed and not later.in_doubt
    attempts = held.attempts + 1
    if attempts >= MOST_ATTEMPTS and not free:
        return _end(held, State.FAILED, reason="retries used up", error=later.error)
    values = {
        "error": later.error[:500],
        "doubts": int(later.in_doubt),
        "unused": int(free),
        "seconds": later.after_seconds or delay_after(1 if free else attempts),
    }
    return update_held(held, RETRY, values, state=State.SENDING)


def _end(
    held: Held,
    state: Delivery.State,
    *,
    reason: str,
    error: str | None,
    left_in: Delivery.State = State.SENDING,
) -> bool:
    values = {"state": state, "reason": reason, "error": error and error[:500]}
    kept = update_held(held, END, values, state=left_in)
    # What no push service takes goes by e-mail, so its alerts go on waiting.
    by_mail_next = held.channel == Delivery.Channel.PUSH and state == State.FAILED
    if kept and not by_mail_next:
        end_alerts(waiting_alerts(held.notification_id), state=state, reason=reason)
    return kept
