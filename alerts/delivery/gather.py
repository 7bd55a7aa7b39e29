"""Making notifications: the alerts of one user and method, each window one message."""

from django.db import connection, transaction

from alerts import config
from alerts.delivery.devices import PROVIDER

# One gatherer at a time, else two of them split one user's alerts into two messages.
GATHERING_LOCK = 4_010_001
USERS_AT_ONCE = 2_000

# Whoever has no quiet hours, nearly everybody, is not asked when they end: that takes longer than
# all else here. Ids are drawn first, so that alerts are bound to them without a join.
GATHER = f"""
WITH ready AS (
    SELECT alert.user_id, coalesce(search.notification_method, 'email') AS method,
           min(alert.created_at) + make_interval(secs => %(window)s) AS window_end,
           array_agg(alert.alert_id) AS alerts
      FROM useralerts alert
      JOIN users person ON person.user_id = alert.user_id
      LEFT JOIN userpreferences search ON search.preference_id = alert.preference_id
     WHERE alert.state = 'waiting' AND alert.notification_id IS NULL
       AND (person.quiet_from IS NULL OR end_of_quiet_hours(
                statement_timestamp(), person.quiet_from, person.quiet_until) IS NULL)
     GROUP BY 1, 2
    HAVING min(alert.created_at) + make_interval(secs => %(window)s) <= statement_timestamp()
     ORDER BY window_end
     LIMIT %(groups)s
), counted AS (
    SELECT nextval('alerts_notification_id_seq') AS id, ready.*, coalesce(today.messages, 0)
           + row_number() OVER (PARTITION BY ready.user_id ORDER BY window_end) AS message_no
      FROM ready
      LEFT JOIN LATERAL (
           SELECT count(*) AS messages
             FROM alerts_notification earlier
            WHERE earlier.user_id = ready.user_id
              AND earlier.created_at >= date_trunc('day', statement_timestamp(), 'Europe/London')
              AND EXISTS (SELECT FROM alerts_delivery
                           WHERE notification_id = earlier.id
                             AND state NOT IN ('expired', 'suppressed', 'failed'))
           ) today ON true
), refused AS (
    UPDATE useralerts SET state = 'suppressed', state_reason = 'over the daily limit'
      FROM counted
     WHERE message_no > %(limit)s AND alert_id = ANY (counted.alerts) AND state = 'waiting'
), made AS (
    INSERT INTO alerts_notification (id, user_id, method, due_at)
    SELECT counted.id, person.user_id, counted.method,
           CASE WHEN quiet_from IS NULL THEN window_end ELSE coalesce(
                end_of_quiet_hours(window_end, quiet_from, quiet_until), window_end) END
      FROM counted
      JOIN users person ON person.user_id = counted.user_id
     WHERE message_no <= %(limit)s
    RETURNING id, user_id, method, due_at
), bound AS (
    UPDATE useralerts alert SET notification_id = told.id
      FROM (SELECT id, unnest(alerts) AS alert_id FROM counted WHERE message_no <= %(limit)s) told
     WHERE alert.alert_id = told.alert_id
), pushed AS (
    INSERT INTO alerts_delivery
           (notification_id, channel, subscription_id, provider, next_attempt_at)
    SELECT made.id, 'push', subscription.id, {PROVIDER}, made.due_at
      FROM made
      JOIN alerts_pushsubscription subscription
        ON subscription.user_id = made.user_id AND subscription.ended_at IS NULL
     WHERE made.method = 'push'
    RETURNING notification_id
), mailed AS (
    INSERT INTO alerts_delivery (notification_id, channel, provider, next_attempt_at)
    SELECT made.id, 'email', 'smtp', made.due_at
      FROM made
     WHERE made.id NOT IN (SELECT notification_id FROM pushed)
)
SELECT count(*) FROM ready
"""  # noqa: S608 - PROVIDER is written in `devices`


def gather_notifications() -> int:
    """Make a notification with its deliveries for each user and method whose window has ended.

    A user in quiet hours is left for when they end; alerts over the daily limit (a day in
    Europe/London) are suppressed. With no live push subscription the message goes by e-mail.
    Answers how many groups were dealt with; at most USERS_AT_ONCE at a time, so call again
    until it is none.
    """
    values = {
        "window": config.COALESCE_SECONDS.value(),
        "limit": config.DAILY_MESSAGE_LIMIT.value(),
        "groups": USERS_AT_ONCE,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATHERING_LOCK])
        cursor.execute(GATHER, values)
        return cursor.fetchone()[0]
