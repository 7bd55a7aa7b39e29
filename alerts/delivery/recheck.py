"""Recheck: is each message still wanted, and which of its slots are still open?"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.mail.retries import MOST_DOUBTS, MOST_STARTS
from accounts.prepared import fetch_prepared
from alerts.channels import BESIDE
from alerts.delivery.claim import Claimed, lock_claimed, postpone
from alerts.delivery.unsent import end_alerts, hold_until, leave_to_mail, stop
from alerts.delivery.ways import WAYS
from alerts.matching.asking_again import ask_again
from alerts.messages.content import Content, Listing, Recipient
from alerts.models import Delivery, UnsentReason, UserAlert

logger = logging.getLogger(__name__)

State = Delivery.State
# FOR SHARE makes those who unsubscribe, pause, disable, erase or close wait until this is
# over, and makes this see what they did: after their answer nothing more enters `sending`.
# What one of them is changing at this moment is not waited for but left for later, so that it
# holds up no other message, and so that no two of us ever wait for one another.
LOCK_USERS = """
SELECT notification.id, person.user_id, person.is_active, person.email, refusal.id IS NOT NULL,
       CASE WHEN person.quiet_from IS NOT NULL THEN
           end_of_quiet_hours(statement_timestamp(), person.quiet_from, person.quiet_until) END,
       %(channel)s::text = 'push' AND NOT notification.also_email AND EXISTS (
           SELECT FROM alerts_delivery mail
            WHERE mail.notification_id = notification.id AND mail.channel = 'email'),
       notification.is_last_today, notification.also_email
  FROM users person
  JOIN alerts_notification notification ON notification.user_id = person.user_id
  LEFT JOIN alerts_mailrefusal refusal
    ON refusal.user_id = person.user_id AND lower(refusal.address) = lower(person.email)
 WHERE notification.id = ANY (%(notifications)s)
 ORDER BY person.user_id
   FOR SHARE OF person SKIP LOCKED
"""
# The ids come first, as an array: with a join the planner may read all searches for these few.
LOCK_SEARCHES = """
SELECT preference_id FROM userpreferences
 WHERE preference_id = ANY (ARRAY (
       SELECT preference_id FROM useralerts WHERE notification_id = ANY (%(notifications)s)))
 ORDER BY preference_id FOR SHARE SKIP LOCKED
"""
LOCK_OPENINGS = """
SELECT id FROM slots_slotopening
 WHERE id = ANY (ARRAY (
       SELECT opening_id FROM useralerts WHERE notification_id = ANY (%(notifications)s)))
 ORDER BY id FOR SHARE SKIP LOCKED
"""
# A second push of the same notification counts what the first has sent as well, and so does an
# email beside them; a companion's mail counts what the learner's own address refused too. The
# users and searches are those that were locked, told once more so that no plan reads all there
# are. `is_changed` are those that were changed since matching, or so shortly
# before that it may not have seen it: they, their learner, what the learner has booked, or the day.
READ = f"""
SELECT alert.notification_id, alert.alert_id, alert.preference_id, alert.opening_id, alert.miles,
       slot.slot_id, slot.test_type, slot.date, slot.time,
       center.center_id, center.name, center.postcode,
       opening.opened_at, slot.last_seen_at, source.name, coalesce(source.is_simulated, false),
       start.seconds_left, slot.available AND opening.closed_at IS NULL AND start.seconds_left > 0,
       CASE WHEN search.preference_id IS NULL THEN '{UnsentReason.SEARCH_DELETED}'
            WHEN NOT search.is_active THEN '{UnsentReason.SEARCH_ENDED}'
            WHEN search.paused_until > clock_timestamp() THEN '{UnsentReason.SEARCH_PAUSED}'
       END,
       greatest(search.updated_at, person.updated_at, booking.updated_at)
           > alert.created_at - interval '1 minute'
       OR (alert.created_at AT TIME ZONE 'Europe/London')::date
           < (clock_timestamp() AT TIME ZONE 'Europe/London')::date,
       alert.wave, wave.told_so_far, search.name
  FROM useralerts alert
  JOIN drivingtestslots slot ON slot.slot_id = alert.slot_id
  JOIN dvsa_test_centers center ON center.center_id = slot.center_id
 CROSS JOIN LATERAL (
       SELECT extract(epoch FROM slot_start(slot.date, slot.time)
                                 - clock_timestamp())::float AS seconds_left
       ) start
  LEFT JOIN slots_slotopening opening ON opening.id = alert.opening_id
  LEFT JOIN alerts_wave wave
    ON wave.opening_id = alert.opening_id AND wave.number = alert.wave
  LEFT JOIN slots_source source ON source.id = slot.source_id
  LEFT JOIN userpreferences search
    ON search.preference_id = alert.preference_id AND search.preference_id = ANY (%(searches)s)
  LEFT JOIN users person
    ON person.user_id = alert.user_id AND person.user_id = ANY (%(users)s)
  LEFT JOIN accounts_booking booking
    ON booking.user_id = alert.user_id AND booking.test_type = slot.test_type
   AND booking.user_id = ANY (%(users)s)
 WHERE alert.notification_id = ANY (%(notifications)s)
   AND (alert.state = 'waiting' OR (alert.state = 'sent' AND (
           %(channel)s::text <> 'email' OR alert.notification_id = ANY (%(beside)s)))
        OR (%(goes_beside)s AND alert.state_reason IN (
            '{UnsentReason.ADDRESS_REFUSES}', '{UnsentReason.REFUSED}',
            '{UnsentReason.RETRIES_USED_UP}')))
 ORDER BY slot.date, slot.time, alert.miles NULLS LAST, alert.alert_id
"""  # noqa: S608 - put together from constants


def recheck(chunk: Sequence[Claimed]) -> list[tuple[Claimed, Content]]:
    """Lock and read all that a chunk's messages depend on; those to be sent, and what they tell.

    What is not to be sent is ended or put back here. All of a chunk are of one channel and claimed
    together. The caller's transaction ends before the network is touched.
    """
    ours = lock_claimed(chunk, state=State.CLAIMED)
    read = lock_and_read([each.notification_id for each in chunk], chunk[0].channel)
    targets = _read_targets(chunk)
    wanted = []
    for claimed in chunk:
        content = _for_target(claimed, read.get(claimed.notification_id), targets)
        if claimed.id not in ours:
            logger.info("delivery %s is claimed by another, or gone", claimed.id)
        elif content := _wanted(claimed, content):
            wanted.append((claimed, content))
    return wanted


def _read_targets(chunk: Sequence[Claimed]) -> Mapping[int, Any]:
    ids = {each.target_id for each in chunk if each.target_id is not None}
    return WAYS[chunk[0].channel].read_targets(ids) if ids else {}


def _for_target(
    claimed: Claimed, content: Content | None, targets: Mapping[int, Any]
) -> Content | None:
    """What it is to tell its target; None where that is being changed at this moment."""
    if content is None or claimed.target_id is None:
        return content
    target = targets.get(claimed.target_id)
    return replace(content, target=target) if target else None


def lock_and_read(notification_ids: Sequence[int], channel: str) -> dict[int, Content]:
    """Lock the users, the searches and the openings, each in the order of their ids, then read.

    One answer for each notification, slots that are unfit included, as of that last statement;
    none for one that someone is changing something of at this moment.
    """
    values: dict[str, Any] = {
        "notifications": list(notification_ids),
        "channel": channel,
        "goes_beside": channel in BESIDE,
    }
    locked_users = fetch_prepared(LOCK_USERS, values)
    recipients = {number: Recipient(*rest) for number, *rest, _ in locked_users}
    values["users"] = [each.user_id for each in recipients.values()]
    values["beside"] = [number for number, *_, is_beside in locked_users if is_beside]
    locked = Locked(
        searches={row[0] for row in fetch_prepared(LOCK_SEARCHES, values)},
        openings={row[0] for row in fetch_prepared(LOCK_OPENINGS, values)},
    )
    values["searches"] = sorted(locked.searches)
    listings = [Listing(*row) for row in fetch_prepared(READ, values)]
    return _by_notification(recipients, _asked_again(listings), locked)


def _asked_again(listings: list[Listing]) -> list[Listing]:
    """With what is no longer wanted since something has changed; no statement where nothing has."""
    changed = [each.alert_id for each in listings if each.is_changed and not each.unwanted]
    found = ask_again(changed) if changed else {}
    return [
        replace(each, unwanted=found[each.alert_id]) if each.alert_id in found else each
        for each in listings
    ]


@dataclass(frozen=True)
class Locked:
    """The ids of the searches and openings that nobody can change now."""

    searches: set[int]
    openings: set[int]

    def holds(self, listing: Listing) -> bool:
        """Whether all that this depends on is locked, as far as it is there."""
        search, opening = listing.search_id, listing.opening_id
        return (search is None or search in self.searches) and (
            opening is None or opening in self.openings
        )


def _by_notification(
    recipients: dict[int, Recipient], listings: list[Listing], locked: Locked
) -> dict[int, Content]:
    listed: dict[int, list[Listing]] = {number: [] for number in recipients}
    for listing in listings:
        if not locked.holds(listing):
            listed.pop(listing.notification_id, None)
        elif listing.notification_id in listed:
            listed[listing.notification_id].append(listing)
    return {number: Content(recipients[number], found) for number, found in listed.items()}


def _wanted(claimed: Claimed, content: Content | None) -> Content | None:
    """What the message is to tell; None when there is to be none now."""
    if claimed.is_out_of_time or claimed.in_doubt >= MOST_DOUBTS:
        stop(claimed, state=State.FAILED, reason=UnsentReason.RETRIES_USED_UP)
    elif claimed.starts > MOST_STARTS:
        stop(claimed, state=State.FAILED, reason=UnsentReason.NOT_MADE)
    elif content is None:
        postpone(claimed)
    elif content.recipient.mailed_instead:
        leave_to_mail(claimed)
    elif refusal := _refusal(claimed, content):
        stop(claimed, state=State.SUPPRESSED, reason=refusal)
    elif content.recipient.quiet_until:
        hold_until(claimed, until=content.recipient.quiet_until)
    elif fit := _fit(claimed, content.listings):
        return replace(content, listings=fit)
    return None


def _refusal(claimed: Claimed, content: Content) -> UnsentReason | None:
    if not content.recipient.is_active:
        return UnsentReason.ACCOUNT_DISABLED
    return WAYS[claimed.channel].refusal(content)


def _fit(claimed: Claimed, listings: Sequence[Listing]) -> list[Listing]:
    """The slots that are open and wanted; the alerts of all others end here."""
    fit = [each for each in listings if each.is_open and not each.unwanted]
    unwanted = [each for each in listings if each.is_open and each.unwanted]
    _end_unfit(listings, unwanted)
    if not fit:
        _stop_empty(claimed, listings, unwanted)
    return fit


def _end_unfit(listings: Sequence[Listing], unwanted: Sequence[Listing]) -> None:
    closed = [each.alert_id for each in listings if not each.is_open]
    if closed:
        end_alerts(closed, state=UserAlert.State.EXPIRED, reason=UnsentReason.SLOT_CLOSED)
    for each in unwanted:
        reason = UnsentReason(str(each.unwanted))
        end_alerts([each.alert_id], state=UserAlert.State.SUPPRESSED, reason=reason)


def _stop_empty(claimed: Claimed, listings: Sequence[Listing], unwanted: Sequence[Listing]) -> None:
    if unwanted:
        stop(claimed, state=State.SUPPRESSED, reason=UnsentReason(str(unwanted[0].unwanted)))
    elif listings:
        stop(claimed, state=State.EXPIRED, reason=UnsentReason.NONE_OPEN)
    else:
        stop(claimed, state=State.SUPPRESSED, reason=UnsentReason.NONE_LEFT)
