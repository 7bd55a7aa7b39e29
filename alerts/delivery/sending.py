"""From a claim to messages that may go out: look at all again, make them, mark them `sending`."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from alerts.delivery.claim import Held, lock_held
from alerts.delivery.endings import hold_until, leave_to_mail, postpone, put_back, stop
from alerts.delivery.recheck import Listing, Look, Recipient, end_alerts, lock_and_look
from alerts.delivery.record import open_journal
from alerts.delivery.retries import MOST_DOUBTS, MOST_STARTS
from alerts.messages.making import Draft, Material, Message, compose, gather_material
from alerts.models import Delivery, UserAlert

logger = logging.getLogger(__name__)

State = Delivery.State
# What was seen holds for so long (seconds, by the database's clock): who hasn't reached the
# network by then may not, and the delivery is anybody's to look at anew, without any doubt.
LOOK_LASTS = 3.0
MARK_SENDING = """
UPDATE alerts_delivery delivery
   SET state = 'sending', counted = held.counted::bigint[],
       lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
       next_attempt_at = statement_timestamp() + make_interval(secs => %(lease)s)
  FROM unnest(%(ids)s::bigint[], %(counted)s::text[]) AS held (id, counted)
 WHERE delivery.id = held.id
"""


@dataclass(frozen=True)
class Started:
    """A delivery that is `sending`, with its message ready for the network."""

    held: Held
    message: Message


@transaction.atomic
def start(chunk: Sequence[Held]) -> list[Started]:
    """Look again and mark as `sending`, in one transaction that ends before the network.

    Messages are made in here too: one that can't be made, or that kills the process, has then
    never been `sending`. What is not to be sent is ended or put back here. All of a chunk are
    of one channel and claimed together.
    """
    ours = lock_held(chunk, state=State.CLAIMED)
    looks = lock_and_look([each.notification_id for each in chunk], chunk[0].channel)
    drafts = []
    for held in chunk:
        if held.id not in ours:
            logger.info("delivery %s is held by another, or gone", held.id)
        elif draft := _draft(held, looks.get(held.notification_id)):
            drafts.append(draft)
    return _mark(drafts)


def _draft(held: Held, look: Look | None) -> Draft | None:
    """What the message is to say; None when there is to be none now."""
    if held.is_out_of_time or held.in_doubt >= MOST_DOUBTS:
        stop(held, state=State.FAILED, reason="retries used up")
    elif held.starts > MOST_STARTS:
        stop(held, state=State.FAILED, reason="its message could not be made")
    elif look is None:
        postpone(held)
    elif look.recipient.mailed_instead:
        leave_to_mail(held)
    elif refusal := _refusal(held, look.recipient):
        stop(held, state=State.SUPPRESSED, reason=refusal)
    elif look.recipient.quiet_until:
        hold_until(held, until=look.recipient.quiet_until)
    elif listings := _fit_to_send(held, look.listings):
        return Draft(held, look.recipient, listings)
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


def _mark(drafts: Sequence[Draft]) -> list[Started]:
    material = gather_material(drafts)
    made = {
        draft.held.id: (draft, message)
        for draft in drafts
        if (message := _made(draft, material)) is not None
    }
    values: dict[str, Any] = {
        "ids": list(made),
        "counted": [_array(draft.listings) for draft, _ in made.values()],
        "lease": LOOK_LASTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(MARK_SENDING, values)
    if made:
        open_journal(drafts[0].held.token, seconds=LOOK_LASTS)
    return [Started(draft.held, message) for draft, message in made.values()]


def _array(listings: Sequence[Listing]) -> str:
    """The alerts as PostgreSQL writes an array: arrays of several lengths are sent as text."""
    return f"{{{','.join(str(each.alert_id) for each in listings)}}}"


def _made(draft: Draft, material: Material) -> Message | None:
    try:
        return compose(draft, material)
    except Exception as error:  # whatever is wrong with one message must not stop the others
        logger.exception("the message of delivery %s could not be made", draft.held.id)
        put_back(draft.held, error=f"{type(error).__name__}: {error}")
    return None
