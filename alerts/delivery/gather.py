"""Gather: the alerts of one user and method become one notification, with a delivery per target.

The first message goes out after a short window, each further one a gap after the one before. While
matching has yet to come to openings near the learner, it waits for these. What no push service
takes in time goes by email.
"""

from typing import Any

from django.db import connection, transaction

from alerts import config
from alerts.channels import CHANNELS, NAMES_BESIDE, Channel
from alerts.delivery.ways import WAYS
from alerts.models import UnsentReason


def _made(channel: Channel) -> str:
    """The part of GATHER that gives notifications which are `due` their deliveries by a channel."""
    way = WAYS[channel.name]
    column, target = (f"{channel.target}, ", "target.id, ") if channel.target else ("", "")
    return f"""made_{channel.name} AS (
    INSERT INTO alerts_delivery (notification_id, channel, {column}provider, next_attempt_at)
    SELECT due.id, '{channel.name}', {target}{way.provider}, due.first_attempt_at
    {way.targets}
    RETURNING notification_id
)"""


DELIVERIES = ", ".join(_made(channel) for channel in CHANNELS)

# One gatherer at a time, else two of them split one user's alerts into two messages.
GATHERING_LOCK = 4_010_001
USERS_AT_ONCE = 2_000
# For so long (seconds from the first alert on) a message waits for what else is to be matched.
MATCHING_PATIENCE = 10.0

# When an alert may go out: after the window, or at the next time of its search's daily summary.
WINDOW_END = """CASE
               WHEN search.digest_at IS NULL
               THEN alert.created_at + make_interval(secs => %(window)s)
               ELSE (date_trunc('day', alert.created_at AT TIME ZONE 'Europe/London')
                     + search.digest_at
                     + interval '1 day' * (search.digest_at <= (
                           alert.created_at AT TIME ZONE 'Europe/London')::time)::int
                    ) AT TIME ZONE 'Europe/London' END"""
# Where a batch's other slots are still to be matched, or a wave's turn has come, a message that
# left now would leave what is told in a second to the one after the gap. Who looks elsewhere waits
# for nothing. Those without quiet hours, nearly everybody, are not asked when they end: that takes
# longer than all else here. Of a user's messages those of the last day or two are looked at, never
# all, and only for those whose turn it is. Senders take what has been due for longest: among those
# due together each is due a microsecond after the one before it, the soonest slot first, then who
# has had the fewest messages today. Ids are drawn in that order, one after the other, before alerts
# are bound to them, and say it.
GATHER = f"""
WITH unmatched AS (
    SELECT slot.center_id
      FROM slots_slotopening opening JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
     WHERE opening.matched_at IS NULL AND opening.quiet IS NULL AND opening.closed_at IS NULL
     UNION
    SELECT slot.center_id
      FROM slots_slotopening opening JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
     WHERE opening.next_wave_at <= statement_timestamp() AND opening.closed_at IS NULL
       AND opening.quiet IS NULL
), waiting AS (
    SELECT alert.user_id, coalesce(search.notification_method, 'email') AS method,
           search.digest_at, min({WINDOW_END}) AS window_end, min(alert.created_at) AS since,
           bool_or(search.also_email IS TRUE AND search.notification_method = 'push') AS also_email,
           array_agg(alert.alert_id) AS alerts, array_agg(alert.slot_id) AS slots
      FROM useralerts alert
      JOIN users person ON person.user_id = alert.user_id
      LEFT JOIN userpreferences search ON search.preference_id = alert.preference_id
     WHERE alert.state = 'waiting' AND alert.notification_id IS NULL
       AND (person.quiet_from IS NULL OR end_of_quiet_hours(
                statement_timestamp(), person.quiet_from, person.quiet_until) IS NULL)
     GROUP BY 1, 2, 3
    HAVING min({WINDOW_END}) <= statement_timestamp()
     ORDER BY window_end
), ready AS (
    SELECT waiting.user_id, method, also_email, alerts, slots, earlier.today,
           greatest(window_end, gap_end) AS window_end
      FROM waiting
     CROSS JOIN LATERAL (
           SELECT count(*) FILTER (WHERE created_at
                      >= date_trunc('day', statement_timestamp(), 'Europe/London')) AS today,
                  max(greatest(created_at, due_at)) FILTER (WHERE message.method = waiting.method)
                      + make_interval(secs => %(gap)s) AS gap_end
             FROM alerts_notification message
            WHERE message.user_id = waiting.user_id
              AND created_at >= statement_timestamp() - interval '25 hours'
              AND EXISTS (SELECT FROM alerts_delivery
                           WHERE notification_id = message.id
                             AND state NOT IN ('expired', 'suppressed', 'failed'))
           ) earlier
     WHERE (gap_end IS NULL OR gap_end <= statement_timestamp())
       AND NOT (since > statement_timestamp() - make_interval(secs => %(patience)s)
                AND EXISTS (SELECT FROM unmatched)
                AND EXISTS (SELECT FROM userpreferences search
                              JOIN alerts_reach reach ON reach.search_id = search.preference_id
                             WHERE search.user_id = waiting.user_id AND search.is_active
                               AND reach.center_id IN (SELECT center_id FROM unmatched)))
     ORDER BY waiting.window_end
     LIMIT %(groups)s
), placed AS (
    SELECT ready.*, today + row_number() OVER (
               PARTITION BY user_id ORDER BY window_end) AS message_no,
           row_number() OVER (ORDER BY window_end, soonest, today, user_id) AS place
      FROM ready
     CROSS JOIN LATERAL (
           SELECT min(date + time) AS soonest
             FROM drivingtestslots WHERE slot_id = ANY (ready.slots)
           ) slot
     ORDER BY place
), counted AS (
    SELECT nextval('alerts_notification_id_seq') AS id, placed.* FROM placed
), refused AS (
    UPDATE useralerts SET state = 'suppressed', state_reason = %(over_limit)s
      FROM counted
     WHERE message_no > %(limit)s AND alert_id = ANY (counted.alerts) AND state = 'waiting'
), made AS (
    INSERT INTO alerts_notification (id, user_id, method, also_email, is_last_today, due_at)
    SELECT counted.id, person.user_id, counted.method, also_email, message_no = %(limit)s,
           CASE WHEN quiet_from IS NULL THEN window_end ELSE coalesce(
                end_of_quiet_hours(window_end, quiet_from, quiet_until), window_end) END
      FROM counted
      JOIN users person ON person.user_id = counted.user_id
     WHERE message_no <= %(limit)s
    RETURNING id, user_id, method, also_email, due_at
), due AS (
    SELECT made.*, due_at + (id - (SELECT min(id) FROM counted)) * interval '1 microsecond'
           AS first_attempt_at
      FROM made
), bound AS (
    UPDATE useralerts alert SET notification_id = told.id
      FROM (SELECT id, unnest(alerts) AS alert_id FROM counted WHERE message_no <= %(limit)s) told
     WHERE alert.alert_id = told.alert_id
), {DELIVERIES}
SELECT count(*) FROM ready
"""  # noqa: S608 - put together from constants

# What is on its way to a push service at that moment ends when it comes back for another try.
# Also at once when no push of the notification is left that could still be accepted. A user's
# two notifications never wait for one another here: only rows of the notification are written.
# The ids come first, as an array, so that no plan walks along messages that were sent long ago.
BY_MAIL = """
WITH stuck AS (
    SELECT notification.id
      FROM alerts_notification notification
     WHERE notification.id = ANY (ARRAY (
               SELECT notification_id FROM useralerts
                WHERE state = 'waiting' AND notification_id IS NOT NULL))
       AND notification.method = 'push'
       AND notification.created_at > statement_timestamp() - interval '2 days'
       AND NOT EXISTS (SELECT FROM alerts_delivery
                        WHERE notification_id = notification.id
                          AND (channel = 'email' OR channel = 'push' AND (state = 'accepted'
                               OR id IN (SELECT unnest(accepted) FROM alerts_senderjournal))))
       AND (notification.due_at
                <= statement_timestamp() - make_interval(secs => %(patience)s)
            OR NOT EXISTS (SELECT FROM alerts_delivery
                            WHERE notification_id = notification.id AND channel = 'push'
                              AND state IN ('pending', 'claimed', 'sending', 'retry')))
     ORDER BY notification.id
       FOR UPDATE OF notification SKIP LOCKED
), mailed AS (
    INSERT INTO alerts_delivery (notification_id, channel, provider, next_attempt_at)
    SELECT id, 'email', 'smtp', statement_timestamp() FROM stuck
    ON CONFLICT DO NOTHING
), ended AS (
    UPDATE alerts_delivery
       SET state = 'suppressed', reason = %(reason)s,
           lease_token = NULL, lease_until = NULL
     WHERE notification_id IN (SELECT id FROM stuck) AND channel = 'push'
       AND state IN ('pending', 'claimed', 'retry')
)
SELECT count(*) FROM stuck
"""

# An email that fails ends no alerts while pushes beside it are open, nor do pushes that fail then.
# When nothing is open any more, the alerts end as the email did.
END_STRANDED = f"""
WITH stranded AS (
    SELECT notification.id, mail.state, mail.reason
      FROM alerts_notification notification
      JOIN alerts_delivery mail
        ON mail.notification_id = notification.id AND mail.channel = 'email'
     WHERE notification.id = ANY (ARRAY (
               SELECT notification_id FROM useralerts
                WHERE state = 'waiting' AND notification_id IS NOT NULL))
       AND mail.state IN ('failed', 'suppressed')
       AND NOT EXISTS (SELECT FROM alerts_delivery other
                        WHERE other.notification_id = notification.id
                          AND other.channel NOT IN ({NAMES_BESIDE})
                          AND other.state IN ('pending', 'claimed', 'sending', 'retry', 'accepted'))
), ended AS (
    SELECT alert_id, stranded.state, reason
      FROM useralerts alert JOIN stranded ON stranded.id = alert.notification_id
     WHERE alert.state = 'waiting' ORDER BY alert_id FOR UPDATE OF alert SKIP LOCKED
)
UPDATE useralerts alert SET state = ended.state, state_reason = ended.reason
  FROM ended WHERE alert.alert_id = ended.alert_id
"""  # noqa: S608 - put together from constants


def gather_notifications() -> int:
    """Make a notification with its deliveries for each user and method whose turn has come.

    That is when the window of the first alert has ended, and the gap after the message before it
    too, unless none of that one went out. It waits on, MATCHING_PATIENCE at most, while openings at
    a centre that a search of theirs reaches are still to be matched. What waits for a daily summary
    is a message of its own.
    A push goes by email as well where a search of its alerts says so, and by email alone where
    there is no live push subscription. Each companion of the user gets a mail of their own. A user
    in quiet hours is left for when they end; alerts over the daily limit (a day in Europe/London)
    are suppressed.
    Returns how many groups were dealt with, at most USERS_AT_ONCE: call again until it is none.
    """
    values: dict[str, Any] = {
        "window": config.COALESCE_SECONDS.value(),
        "gap": config.GAP_SECONDS.value(),
        "patience": MATCHING_PATIENCE,
        "limit": config.DAILY_MESSAGE_LIMIT.value(),
        "over_limit": UnsentReason.OVER_LIMIT,
        "groups": USERS_AT_ONCE,
    }
    for way in WAYS.values():
        values |= way.values()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATHERING_LOCK])
        cursor.execute(GATHER, values)
        return cursor.fetchone()[0]


def mail_stuck_pushes() -> int:
    """Give each notification whose pushes are stuck a delivery by email; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        patience = config.PUSH_PATIENCE_SECONDS.value()
        cursor.execute(BY_MAIL, {"patience": patience, "reason": UnsentReason.MAILED_INSTEAD})
        return cursor.fetchone()[0]


def end_stranded_alerts() -> int:
    """End the alerts of notifications all of whose deliveries have failed; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(END_STRANDED)
        return cursor.rowcount
