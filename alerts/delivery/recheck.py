"""The last look before a message goes out: is it still wanted, and which slots are still open?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection

from accounts.prepared import fetch_prepared
from alerts.criteria import STILL_FITS

# FOR SHARE makes whoever unsubscribes, pauses, disables, erases or closes wait until this look is
# over, and makes this look see what they did: after their answer nothing more enters `sending`.
# What one of them is changing at this moment is not waited for but left for later, so that it
# holds up no other message, and so that no two of us ever wait for one another.
LOCK_USERS = """
SELECT notification.id, person.user_id, person.is_active, person.email, refusal.id IS NOT NULL,
       CASE WHEN person.quiet_from IS NOT NULL THEN
           end_of_quiet_hours(statement_timestamp(), person.quiet_from, person.quiet_until) END,
       %(channel)s::text = 'push' AND EXISTS (
           SELECT FROM alerts_delivery mail
            WHERE mail.notification_id = notification.id AND mail.channel = 'email')
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
# A second push of the same notification counts what the first has sent as well. The searches are
# those that were locked, told once more so that no plan reads all there are. What they ask for is
# asked again of those that were changed since matching, or so shortly before that it may not have
# seen it.
LOOK = f"""
SELECT alert.notification_id, alert.alert_id, alert.preference_id, alert.opening_id, alert.miles,
       slot.slot_id, slot.test_type, slot.date, slot.time,
       center.center_id, center.name, center.postcode,
       opening.opened_at, slot.last_seen_at, source.name, coalesce(source.is_simulated, false),
       start.seconds_left, slot.available AND opening.closed_at IS NULL AND start.seconds_left > 0,
       CASE WHEN search.preference_id IS NULL THEN 'the search was deleted'
            WHEN NOT search.is_active THEN 'the search was ended'
            WHEN search.paused_until > clock_timestamp() THEN 'the search was paused'
            WHEN search.updated_at > alert.created_at - interval '1 minute'
             AND {STILL_FITS} IS NOT TRUE THEN 'the search was changed, and no longer asks for it'
       END
  FROM useralerts alert
  JOIN drivingtestslots slot ON slot.slot_id = alert.slot_id
  JOIN dvsa_test_centers center ON center.center_id = slot.center_id
 CROSS JOIN LATERAL (
       SELECT extract(epoch FROM slot_start(slot.date, slot.time)
                                 - clock_timestamp())::float AS seconds_left
       ) start
  LEFT JOIN slots_slotopening opening ON opening.id = alert.opening_id
  LEFT JOIN slots_source source ON source.id = slot.source_id
  LEFT JOIN userpreferences search
    ON search.preference_id = alert.preference_id AND search.preference_id = ANY (%(searches)s)
 WHERE alert.notification_id = ANY (%(notifications)s)
   AND (alert.state = 'waiting' OR (alert.state = 'sent' AND %(channel)s::text = 'push'))
 ORDER BY alert.miles NULLS LAST, slot.date, slot.time, alert.alert_id
"""  # noqa: S608 - put together from constants
END_ALERTS = """
WITH ended AS (
    SELECT alert_id FROM useralerts
     WHERE alert_id = ANY (%s) AND state = 'waiting' ORDER BY alert_id FOR UPDATE
)
UPDATE useralerts alert SET state = %s, state_reason = %s
  FROM ended WHERE alert.alert_id = ended.alert_id
"""


@dataclass(frozen=True)
class Recipient:
    """The user behind a notification; `quiet_until` is set while quiet hours last (aware).

    `mailed_instead` says of a push that the notification goes by e-mail meanwhile.
    """

    user_id: int
    is_active: bool
    email: str
    refuses_mail: bool
    quiet_until: datetime | None
    mailed_instead: bool


@dataclass(frozen=True)
class Listing:
    """One alert's slot.

    Date and time are Europe/London, `miles` is None where not measured, `seconds_left` until
    the slot's start by the database's clock.
    """

    notification_id: int
    alert_id: int
    search_id: int | None
    opening_id: int | None
    miles: float | None
    slot_id: int
    test_type: str
    date: date
    time: time
    center_id: int
    center: str
    postcode: str
    opened_at: datetime | None
    last_seen_at: datetime | None
    source: str | None
    is_simulated: bool
    seconds_left: float
    is_open: bool
    unwanted: str | None


@dataclass(frozen=True)
class Look:
    """What was seen of one notification; its listings are the closest first, unfit ones too."""

    recipient: Recipient
    listings: list[Listing]


def lock_and_look(notification_ids: Sequence[int], channel: str) -> dict[int, Look]:
    """Lock the users, the searches and the openings, each in the order of their ids, then look.

    One answer for each notification, as of that last statement; none for one that somebody is
    changing something of at this moment. The caller's transaction is open.
    """
    values: dict[str, Any] = {"notifications": list(notification_ids), "channel": channel}
    recipients = {row[0]: Recipient(*row[1:]) for row in fetch_prepared(LOCK_USERS, values)}
    locked = Locked(
        searches={row[0] for row in fetch_prepared(LOCK_SEARCHES, values)},
        openings={row[0] for row in fetch_prepared(LOCK_OPENINGS, values)},
    )
    values["searches"] = sorted(locked.searches)
    listings = [Listing(*row) for row in fetch_prepared(LOOK, values)]
    return _looks(recipients, listings, locked)


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


def _looks(
    recipients: dict[int, Recipient], listings: list[Listing], locked: Locked
) -> dict[int, Look]:
    looks = {number: Look(recipient, []) for number, recipient in recipients.items()}
    for listing in listings:
        if not locked.holds(listing):
            looks.pop(listing.notification_id, None)
        elif listing.notification_id in looks:
            looks[listing.notification_id].listings.append(listing)
    return looks


def end_alerts(alert_ids: list[int], *, state: str, reason: str) -> None:
    """Let waiting alerts end unsent, each with the reason that the learner reads."""
    values: list[Any] = [alert_ids, state, reason]
    with connection.cursor() as cursor:
        cursor.execute(END_ALERTS, values)


def waiting_alerts(notification_id: int) -> list[int]:
    """The alerts of a notification that have not ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT alert_id FROM useralerts WHERE notification_id = %s AND state = 'waiting'",
            [notification_id],
        )
        return [row[0] for row in cursor.fetchall()]
