"""What no push service takes in time goes by e-mail."""

from django.db import connection, transaction

from alerts import config
from alerts.delivery.endings import MAILED_INSTEAD

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
                          AND (channel = 'email' OR state = 'accepted'
                               OR id IN (SELECT unnest(accepted) FROM alerts_senderjournal)))
       AND (notification.due_at
                <= statement_timestamp() - make_interval(secs => %(patience)s)
            OR NOT EXISTS (SELECT FROM alerts_delivery
                            WHERE notification_id = notification.id
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
     WHERE notification_id IN (SELECT id FROM stuck)
       AND state IN ('pending', 'claimed', 'retry')
)
SELECT count(*) FROM stuck
"""


def send_stuck_pushes_by_mail() -> int:
    """Give each notification whose pushes are stuck a delivery by e-mail; answers how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        patience = config.PUSH_PATIENCE_SECONDS.value()
        cursor.execute(BY_MAIL, {"patience": patience, "reason": MAILED_INSTEAD})
        return cursor.fetchone()[0]
