"""One delivery from its claim to an outcome: look again, mark, then send with nothing open."""

import logging

from django.db import OperationalError, transaction

from alerts import config
from alerts.channels.outcomes import Outcome
from alerts.endings import hold_until, put_back, stop
from alerts.leases import Held, update_held
from alerts.messages import Message, compose
from alerts.models import Delivery, UserAlert
from alerts.rechecking import Listing, Recipient, end_alerts, lock_and_look
from alerts.retries import MOST_ATTEMPTS, MOST_STARTS
from alerts.transmitting import transmit

logger = logging.getLogger(__name__)

State = Delivery.State
MARK_SENDING = """
    state = 'sending', counted = %(counted)s, attempts = attempts + 1, starts = 0,
    lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
    next_attempt_at = statement_timestamp() + make_interval(secs => %(lease)s)
"""
# A sender gives up well before its lease ends, so that nobody takes the message up meanwhile.
SHARE_OF_LEASE = 0.4


class LostLeaseError(Exception):
    """Somebody else holds the delivery now, or it is gone."""


def send(held: Held) -> Outcome | None:
    """Take a claimed delivery as far as its outcome, which is the caller's to record.

    None when nothing was sent; then the delivery has been ended or put back already.
    """
    if held.attempts >= MOST_ATTEMPTS:
        stop(held, state=State.FAILED, reason="retries used up")
        return None
    if held.starts > MOST_STARTS:
        stop(held, state=State.FAILED, reason="its message could not be made")
        return None
    message = _started(held)
    if message is None:
        return None
    return transmit(message, seconds=config.LEASE_SECONDS.value() * SHARE_OF_LEASE)


def _started(held: Held) -> Message | None:
    try:
        return start(held)
    except LostLeaseError:
        logger.info("delivery %s is held by another, or gone", held.id)
    except OperationalError:
        raise
    except Exception as error:  # whatever is wrong with one message must not stop the others
        logger.exception("the message of delivery %s could not be made", held.id)
        put_back(held, error=f"{type(error).__name__}: {error}")
    return None


@transaction.atomic
def start(held: Held) -> Message | None:
    """Look again and mark as `sending`, in one transaction that ends before the network.

    The message is made in here too: one that can't be made, or that kills the process, has
    then never been `sending`. None when nothing is to be sent.
    """
    seen = lock_and_look(held.notification_id, held.channel)
    if seen is None:
        raise LostLeaseError
    recipient, found = seen
    refusal = _refusal(held, recipient)
    if refusal:
        stop(held, state=State.SUPPRESSED, reason=refusal)
    elif recipient.quiet_until:
        hold_until(held, until=recipient.quiet_until)
    elif listings := _fit_to_send(held, found):
        return _mark(held, recipient, listings)
    return None


def _refusal(held: Held, recipient: Recipient) -> str | None:
    if not recipient.is_active:
        return "the account is disabled"
    if held.channel == Delivery.Channel.EMAIL and recipient.refuses_mail:
        return "the address refuses mail"
    return None


def _fit_to_send(held: Held, listings: list[Listing]) -> list[Listing]:
    """The slots that are open and wanted; the alerts of all others end here."""
    fit = [each for each in listings if each.is_open and not each.unwanted]
    unwanted = [each for each in listings if each.unwanted and each.is_open]
    _end_unfit(listings, unwanted)
    if not fit:
        _stop_empty(held, listings, unwanted)
    return fit


def _end_unfit(listings: list[Listing], unwanted: list[Listing]) -> None:
    closed = [each.alert_id for each in listings if not each.is_open]
    if closed:
        end_alerts(closed, state=UserAlert.State.EXPIRED, reason="the slot was no longer open")
    for each in unwanted:
        reason = str(each.unwanted)
        end_alerts([each.alert_id], state=UserAlert.State.SUPPRESSED, reason=reason)


def _stop_empty(held: Held, listings: list[Listing], unwanted: list[Listing]) -> None:
    if unwanted:
        stop(held, state=State.SUPPRESSED, reason=str(unwanted[0].unwanted))
    elif listings:
        stop(held, state=State.EXPIRED, reason="no slot in it was still open")
    else:
        stop(held, state=State.SUPPRESSED, reason="all that it was to tell has been told or ended")


def _mark(held: Held, recipient: Recipient, listings: list[Listing]) -> Message:
    message = compose(held, recipient, listings)
    values = {
        "counted": [each.alert_id for each in listings],
        "lease": config.LEASE_SECONDS.value(),
    }
    if not update_held(held, MARK_SENDING, values, state=State.CLAIMED):
        raise LostLeaseError
    return message
