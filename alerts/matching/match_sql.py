"""The statements of matching; `match` says when each runs.

What a search asks of a slot is declared in `alerts.criteria`; where the slot's centre lies is
answered by Reach.
"""

from alerts.criteria import FITS

# Whether a stored search was looking when the opening came; `now` is when it is matched.
LOOKS = {
    "saved_before": "search.created_at < slot.recorded_at",
    "active": "search.is_active",
    "not_paused": "(search.paused_until IS NULL OR search.paused_until <= %(now)s)",
}
LOOKING = " AND ".join(LOOKS.values())

# Matchers that run side by side take different openings. What has closed in the meantime stays
# unmatched, for if it comes back within the quiet time it has yet to be announced.
CLAIM_OPENINGS = """
UPDATE slots_slotopening
   SET matched_at = COALESCE(%(now)s::timestamptz, statement_timestamp())
 WHERE id = ANY (ARRAY(
        SELECT id FROM slots_slotopening
         WHERE matched_at IS NULL AND quiet IS NULL AND closed_at IS NULL
         ORDER BY id LIMIT %(limit)s
           FOR NO KEY UPDATE SKIP LOCKED))
RETURNING id, matched_at
"""


# A second alert is impossible by UNIQUE (user, opening). Who has one `already`, by hand or from
# before a restore, is looked up once for all: ON CONFLICT, which looks for each row, takes 5% of
# the statement. Users who may not be told are few, and their index is next to nothing. Sorting by
# user first compares whole numbers, nearly all of them different; by opening first, it took 5%
# more. Whom we have told enough is asked with IN, which is always hashed: as a join it could be
# planned for few rows, and loop over many.
def _write_alerts(reach: str) -> str:
    return f"""
WITH slot AS (
    SELECT opening.id AS opening_id, opening.recorded_at, slot.slot_id, slot.center_id,
           slot.test_type, slot.date, slot.time,
           extract(isodow FROM slot.date)::smallint AS weekday,
           (%(now)s::timestamptz AT TIME ZONE 'Europe/London')::date AS today
      FROM slots_slotopening opening
      JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
     WHERE opening.id = ANY (%(openings)s)
       AND slot.available
       AND slot_start(slot.date, slot.time) > %(now)s
), told AS (
    SELECT alert.user_id, alert.slot_id
      FROM useralerts alert JOIN slot ON slot.slot_id = alert.slot_id
     WHERE alert.sent_at > %(now)s::timestamptz - interval '24 hours'
     GROUP BY alert.user_id, alert.slot_id HAVING count(*) >= %(told_at_most)s
), already AS (
    SELECT alert.user_id, alert.opening_id
      FROM useralerts alert JOIN slot ON slot.opening_id = alert.opening_id
), fitting AS (
    SELECT DISTINCT ON (search.user_id, slot.opening_id)
           slot.opening_id, slot.slot_id, search.user_id, search.preference_id, reach.miles
      FROM slot
      JOIN {reach} reach ON reach.center_id = slot.center_id
      JOIN userpreferences search ON search.preference_id = reach.search_id
     WHERE {LOOKING}
       AND {FITS}
       AND NOT EXISTS (SELECT FROM users
                        WHERE users.user_id = search.user_id
                          AND NOT (users.is_active AND users.email_verified))
     ORDER BY search.user_id, slot.opening_id, reach.miles NULLS LAST, search.preference_id
)
INSERT INTO useralerts (user_id, slot_id, opening_id, preference_id, miles, state, state_reason)
SELECT fitting.user_id, fitting.slot_id, fitting.opening_id, fitting.preference_id, fitting.miles,
       CASE WHEN heard.enough THEN %(suppressed)s ELSE %(waiting)s END,
       CASE WHEN heard.enough THEN %(told_enough)s END
  FROM fitting
 CROSS JOIN LATERAL (
       SELECT (fitting.user_id, fitting.slot_id) IN (SELECT user_id, slot_id FROM told) AS enough
       ) heard
 WHERE (fitting.user_id, fitting.opening_id) NOT IN (SELECT user_id, opening_id FROM already)
"""  # noqa: S608 - put together from constants


WRITE_ALERTS = _write_alerts("alerts_reach")
# As long as Reach has yet to follow a centre, what it would hold is computed.
WRITE_ALERTS_WITHOUT_REACH = _write_alerts(
    "reach_of_centers(ARRAY(SELECT DISTINCT center_id FROM slot))"
)
IS_REACH_PENDING = """
SELECT EXISTS (
    SELECT FROM slots_slotopening opening
      JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
      JOIN alerts_pendingreach pending ON pending.center_id = slot.center_id
     WHERE opening.id = ANY (%(openings)s))
"""

# An opening that came back within the quiet time goes on, and what expired while it was away is
# due again. The last check before sending asks whether it is still wanted, so that is not asked
# here. For a minute it is looked at again: an alert may expire as its slot comes back.
REVIVE_ALERTS = """
WITH moment AS (
    SELECT COALESCE(%(now)s::timestamptz, statement_timestamp()) AS now
), resumed AS (
    SELECT opening.id, opening.slot_id, opening.closed_at, opening.resumed_at
      FROM slots_slotopening opening
     WHERE opening.resumed_at IS NOT NULL
       FOR NO KEY UPDATE SKIP LOCKED
), settled AS (
    UPDATE slots_slotopening opening SET resumed_at = NULL
      FROM resumed CROSS JOIN moment
     WHERE opening.id = resumed.id AND resumed.resumed_at < moment.now - interval '1 minute'
)
UPDATE useralerts alert
   SET state = %(waiting)s, state_reason = NULL, notification_id = NULL
  FROM resumed
  JOIN drivingtestslots slot ON slot.slot_id = resumed.slot_id
 CROSS JOIN moment
 WHERE alert.opening_id = resumed.id AND alert.state = %(expired)s
   AND resumed.closed_at IS NULL AND slot.available
   AND slot_start(slot.date, slot.time) > moment.now
"""

# The join of a few openings with many searches is over before it could be compiled; and the
# searches of 28,000 alerts are sorted in memory.
PLANNING = "SELECT set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"
