"""The statements of matching; `matching` says when each runs.

FITS is the one home of what a search asks of a slot. Where the slot's centre lies is answered
by Reach for the searches that are stored, and by the tables for one that is not stored yet.
"""

# `search` and `slot`, with the London date `slot.today`, are given by who includes these. A window
# that is null is open; so is a choice of weekdays or test types that is null or empty.
WISHES = {
    "test_type": """(
        search.preferred_test_types IS NULL OR search.preferred_test_types = '[]'
        OR search.preferred_test_types ? slot.test_type)""",
    "dates": """
        slot.date BETWEEN COALESCE(search.date_from, slot.date)
                      AND COALESCE(search.date_to, slot.date)""",
    "times": """
        slot.time BETWEEN COALESCE(search.time_from, slot.time)
                      AND COALESCE(search.time_until, slot.time)""",
    "weekdays": """(
        search.weekdays IS NULL OR search.weekdays = '{}'
        OR slot.weekday = ANY (search.weekdays))""",
    "earlier": """COALESCE(
        slot.date <= search.current_test_date - GREATEST(search.min_days_earlier, 1), true)""",
    "notice": "COALESCE(slot.date >= slot.today + search.min_notice_days, true)",
}
FITS = " AND ".join(WISHES.values())

# Whether a stored search was looking when the opening came; `now` is when it is matched.
LOOKS = {
    "saved_before": "search.created_at < slot.recorded_at",
    "active": "search.is_active",
    "not_paused": "(search.paused_until IS NULL OR search.paused_until <= %(now)s)",
}
LOOKING = " AND ".join(LOOKS.values())

# What Reach holds for the searches that are stored: `search.centers` are the chosen ones.
REACHES = """
    CASE WHEN cardinality(search.centers) > 0 THEN center.center_id = ANY (search.centers)
         ELSE ST_DWithin(center.location, search.location, search.metres) END
"""

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
# due again. Sending looks at wishes and limits anew, so they are not looked at here. For a
# minute it is looked at again: an alert may expire at the moment when its slot comes back.
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

# What a search that is not stored yet would have found. It has no row in Reach, so its radius
# is looked at here as Reach does, and "today" is the day on which each opening was recorded.
# Whoever asks for all of the country is not counted to the end.
COUNT_FITTING = f"""
WITH search AS (
    SELECT %(preferred_test_types)s::jsonb AS preferred_test_types,
           %(location)s::geography AS location,
           %(notification_radius)s * 1609.344 + 0.000001 AS metres,
           %(centers)s::integer[] AS centers,
           %(date_from)s::date AS date_from, %(date_to)s::date AS date_to,
           %(time_from)s::time AS time_from, %(time_until)s::time AS time_until,
           %(weekdays)s::smallint[] AS weekdays,
           %(current_test_date)s::date AS current_test_date,
           %(min_days_earlier)s::smallint AS min_days_earlier,
           %(min_notice_days)s::smallint AS min_notice_days
), center AS (
    SELECT center.center_id FROM dvsa_test_centers center CROSS JOIN search
     WHERE center.is_active
       AND {REACHES}
), slot AS (
    SELECT slot.center_id, slot.test_type, slot.date, slot.time,
           extract(isodow FROM slot.date)::smallint AS weekday,
           (opening.recorded_at AT TIME ZONE 'Europe/London')::date AS today
      FROM slots_slotopening opening
      JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
     WHERE opening.recorded_at >= %(since)s AND opening.quiet IS NULL
)
SELECT count(*) FROM (
    SELECT FROM slot
      JOIN center ON center.center_id = slot.center_id
     CROSS JOIN search
     WHERE {FITS}
     LIMIT %(most)s
) fitting
"""  # noqa: S608 - put together from constants

# Each rule by itself, for one user's searches and one opening: `answers` has WISHES and LOOKS by
# their names. The fields of searches are as they are by now.
EXPLAIN = f"""
WITH slot AS (
    SELECT slot.*, opening.recorded_at, extract(isodow FROM slot.date)::smallint AS weekday,
           (%(now)s::timestamptz AT TIME ZONE 'Europe/London')::date AS today
      FROM slots_slotopening opening
      JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
     WHERE opening.id = %(opening)s
), search AS (
    SELECT search.*, search.notification_radius * 1609.344 + 0.000001 AS metres,
           ARRAY(SELECT center_id FROM userpreferences_centers WHERE search_id = preference_id
                 ORDER BY center_id) AS centers
      FROM userpreferences search WHERE search.user_id = %(user)s
)
SELECT search.preference_id, slot.today, slot.weekday,
       ST_Distance(center.location, search.location) / 1609.344 AS miles,
       search.updated_at > %(now)s AS changed_since,
       json_build_object(
           'center_open', center.is_active, 'reaches', COALESCE({REACHES}, false),
           {", ".join(f"'{name}', {rule}" for name, rule in (LOOKS | WISHES).items())}
       ) AS answers
  FROM slot CROSS JOIN search
  JOIN dvsa_test_centers center ON center.center_id = slot.center_id
 ORDER BY search.preference_id
"""  # noqa: S608 - put together from constants

# The join of a few openings with many searches is over before it could be compiled; and the
# searches of 28,000 alerts are sorted in memory.
PLANNING = "SELECT set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"
