"""Messages that are due: a waiting alert for each of many learners, gathered by the program."""

from django.db import connection

from alerts.delivery.coalescing import gather_notifications
from tests.benchmarks.world import owner_at_rest

# Each learner is told of one of 100 slots that are open.
ALERTS = """
WITH opening AS (
    SELECT opening.id, opening.slot_id, row_number() OVER (ORDER BY opening.id) - 1 AS place
      FROM slots_slotopening opening JOIN drivingtestslots slot USING (slot_id)
     WHERE opening.closed_at IS NULL AND slot.available AND slot.date > current_date + 1
     LIMIT 100
), search AS (
    SELECT preference_id, user_id, row_number() OVER (ORDER BY preference_id) AS place
      FROM userpreferences WHERE notification_method = 'email' AND is_active
     ORDER BY preference_id LIMIT %(count)s
)
INSERT INTO useralerts
       (user_id, slot_id, opening_id, preference_id, miles, state, created_at)
SELECT search.user_id, opening.slot_id, opening.id, search.preference_id, 2.5, 'waiting',
       statement_timestamp() - interval '1 minute'
  FROM search
  JOIN opening ON opening.place = search.place % (SELECT count(*) FROM opening)
"""
FORGET = """
DELETE FROM alerts_delivery; DELETE FROM useralerts; DELETE FROM alerts_notification
"""


def make_due(count: int) -> None:
    """Forget what was due and let so many e-mails be."""
    forget()
    with connection.cursor() as cursor:
        cursor.execute(ALERTS.replace(" % (", " %% ("), {"count": count})
    while gather_notifications():
        continue
    with owner_at_rest() as owner:
        owner.execute("VACUUM (ANALYZE) useralerts, alerts_notification, alerts_delivery")


def forget() -> None:
    """Leave no alert and no message behind."""
    with owner_at_rest() as owner:
        owner.execute(FORGET)
