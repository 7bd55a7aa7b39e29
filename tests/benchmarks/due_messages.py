"""Messages that are due, written straight into the tables: one to each learner, of one slot."""

from django.db import connection

CENTERS = """
INSERT INTO dvsa_test_centers (name, postcode, latitude, longitude)
SELECT 'Bench ' || i, 'IG3 9UZ', 51.5 + i * 0.001, 0.1 FROM generate_series(1, 20) i
"""
SLOTS = """
INSERT INTO drivingtestslots (center_id, test_type, date, time)
SELECT center_id, 'practical', current_date + 10 + i, '08:10'
  FROM dvsa_test_centers CROSS JOIN generate_series(1, 5) i
"""
OPENINGS = """
INSERT INTO slots_slotopening (slot_id, episode, opened_at, matched_at)
SELECT slot_id, 1, now(), now() FROM drivingtestslots
"""
LEARNERS = """
INSERT INTO users (email, password_hash)
SELECT 'bench' || i || '@example.org', 'x' FROM generate_series(1, %(count)s) i
"""
SEARCHES = """
INSERT INTO userpreferences (user_id, notification_method, postcode, location)
SELECT user_id, %(channel)s, 'IG3 9UZ', NULL FROM users
"""
SUBSCRIPTIONS = """
INSERT INTO alerts_pushsubscription (user_id, endpoint, p256dh, auth)
SELECT user_id, %(endpoint)s || user_id, %(p256dh)s, %(auth)s FROM users
"""
ALERTS = """
INSERT INTO useralerts
       (user_id, slot_id, opening_id, preference_id, miles, state, created_at)
SELECT search.user_id, opening.slot_id, opening.id, search.preference_id, 2.5, 'waiting',
       now() - interval '1 minute'
  FROM userpreferences search
  JOIN (SELECT row_number() OVER (ORDER BY id) AS place, id, slot_id FROM slots_slotopening) opening
    ON opening.place = search.user_id %% 100 + 1
"""


def fill(count: int, *, channel: str = "email", **subscription: str) -> None:
    """Learners with a waiting alert each; with the parts of a subscription, one for each."""
    values = {"count": count, "channel": channel, **subscription}
    statements = [CENTERS, SLOTS, OPENINGS, LEARNERS, SEARCHES, ALERTS]
    if subscription:
        statements.append(SUBSCRIPTIONS)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
        cursor.execute("ANALYZE")
