"""How a try ends, for the delivery and for its alerts; only the holder of the lease writes it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from alerts.channels.outcomes import Accepted, Never, Outcome, TryLater
from alerts.delivery import breakers, devices
from alerts.delivery.blaming import OURS, is_free, note_accepted, note_put_off
from alerts.delivery.claim import Held, lock_held, update_held
from alerts.delivery.recheck import end_alerts, waiting_alerts
from alerts.delivery.record import settle, take_turn
from alerts.delivery.refusals import refuse_mail
from alerts.delivery.retries import delay_after
from alerts.models import Delivery

logger = logging.getLogger(__name__)

State = Delivery.State
MAILED_INSTEAD = "went by e-mail instead"
RELEASE = "lease_token = NULL, lease_until = NULL"
END = f"state = %(state)s, reason = %(reason)s, last_error = %(error)s, {RELEASE}"
PUT_BACK = f"""
    state = 'retry', last_error = %(error)s, {RELEASE},
    next_attempt_at = statement_timestamp() + make_interval(secs => %(seconds)s)
"""
# What reached the network is an attempt. It is counted here, unless the journal was settled before.
TRIED = "attempts = attempts + (starts > 0)::int - %(unused)s, starts = 0"
END_TRIED = f"{END}, {TRIED}"
# The hours that it may be tried in begin when it is refused for itself, not with its provider.
RETRY = f"""
    {PUT_BACK}, {TRIED}, in_doubt = in_doubt + %(doubts)s, fault = %(fault)s,
    refused_since = CASE WHEN %(refused)s THEN coalesce(refused_since, statement_timestamp())
                         ELSE refused_since END
"""
HOLD = f"""
    state = 'retry', starts = starts - 1, refused_since = NULL, {RELEASE},
    next_attempt_at = %(until)s
"""
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
    values = {"error": error[:500], "seconds": delay_after(held.starts)}
    update_held(held, PUT_BACK, values, state=State.CLAIMED)


@transaction.atomic
def put_back_unsent(unsent: Sequence[Held]) -> None:
    """Put back what is `sending` but has not reached the network; it uses up nothing."""
    still = lock_held(unsent, state=State.SENDING)
    with connection.cursor() as cursor:
        cursor.execute(UNSENT, {"ids": list(still)})


@dataclass(frozen=True)
class Sent:
    """A delivery that has been handed over, and what was answered.

    `after_refusal` says that its provider has refused another since this one was claimed.
    """

    held: Held
    outcome: Outcome
    after_refusal: bool = False


def record(sent: Sent, following: Held | None) -> bool:
    """Record what became of one, and that the following is about to reach the network.

    What nearly always happens is one statement, one round trip and one commit. False when the
    following may not be sent, or there is none.
    """
    if not isinstance(sent.outcome, Accepted):
        _say_unless(_finish(sent.held, sent.outcome), sent.held)
        return following is not None and begin(following)
    _accepted(sent)
    turn = take_turn(sent.held.token, accepted=sent.held, following=following)
    if not turn.recorded:
        _say_unless(sent.held.id in settle(sent.held.token, [sent.held.id]), sent.held)
    return turn.may_send


def begin(following: Held) -> bool:
    """Record that one is about to reach the network; False when it may not be sent."""
    return take_turn(following.token, accepted=None, following=following).may_send


def close(token: UUID, sent: Sent | None, accepted: Sequence[Held], unsent: Sequence[Held]) -> None:
    """End a lot: what became of the last, all that was accepted, and what had no turn."""
    if sent and not isinstance(sent.outcome, Accepted):
        record(sent, None)
    elif sent:
        _accepted(sent)
    with transaction.atomic():
        settled = settle(token, [held.id for held in accepted])
        if unsent:
            put_back_unsent(unsent)
    if sent and isinstance(sent.outcome, Accepted):
        _say_unless(sent.held.id in settled, sent.held)


def _say_unless(kept: bool, held: Held) -> None:
    if not kept:
        logger.warning("delivery %s was taken up by another while it was sent", held.id)


def _finish(held: Held, outcome: TryLater | Never) -> bool:
    return _refuse(held, outcome) if isinstance(outcome, Never) else _retry(held, outcome)


@transaction.atomic
def _refuse(held: Held, refusal: Never) -> bool:
    _provider_worked(held)
    kept = _end(held, State.FAILED, reason="refused for good", error=refusal.error)
    if kept and held.subscription_id is not None:
        devices.refuse(held.subscription_id, refusal)
    elif kept and refusal.target_gone:
        refuse_mail(_learner(held).get(), reason=refusal.error)
    return kept


def _learner(held: Held) -> QuerySet[User]:
    return User.objects.filter(notifications=held.notification_id)


def _accepted(sent: Sent) -> None:
    held = sent.held
    if held.provider_failures or sent.after_refusal:
        note_accepted(held.provider)
    if held.subscription_id is not None and held.device_refusals:
        devices.accept(held.subscription_id)


def _provider_worked(held: Held) -> None:
    if held.provider_failures:
        breakers.worked(held.provider)


@transaction.atomic
def _retry(held: Held, later: TryLater) -> bool:
    """A provider's failing uses up no attempt, unless the message may have arrived."""
    if held.subscription_id is None:
        note_put_off(
            later, provider=held.provider, learner=_learner(held), probe=held.suspect,
            again=held.fault in OURS,
        )  # fmt: skip
    elif later.provider_failed or _provider_rests(held, later):
        breakers.failed(
            held.provider,
            error=later.error,
            wished_seconds=later.after_seconds,
            probe=held.suspect,
        )
    free = is_free(later, probe=held.suspect)
    values = {
        "error": later.error[:500],
        "doubts": int(later.in_doubt),
        "unused": int(free),
        "fault": later.fault,
        "refused": later.of_one or not free,
        "seconds": later.after_seconds or delay_after(1 if free else held.attempts + 1),
    }
    return update_held(held, RETRY, values, state=State.SENDING)


def _provider_rests(held: Held, later: TryLater) -> bool:
    """A push service that answers, if only that a device is busy, works; many busy ones are it."""
    if held.subscription_id is None or later.status != devices.BUSY:
        return False
    if devices.rest(held.subscription_id, later):
        return True
    _provider_worked(held)
    return False


def _end(
    held: Held,
    state: Delivery.State,
    *,
    reason: str,
    error: str | None,
    left_in: Delivery.State = State.SENDING,
) -> bool:
    values = {"state": state, "reason": reason, "error": error and error[:500], "unused": 0}
    changes = END_TRIED if left_in == State.SENDING else END
    kept = update_held(held, changes, values, state=left_in)
    # What no push service takes goes by e-mail, so its alerts go on waiting.
    by_mail_next = held.channel == Delivery.Channel.PUSH and state == State.FAILED
    if kept and not by_mail_next:
        end_alerts(waiting_alerts(held.notification_id), state=state, reason=reason)
    return kept
