"""The statements of matching; `match` says when each runs.

What a search asks of a slot is declared in `alerts.criteria`; where the slot's centre lies is
answered by Reach.
"""

from alerts.criteria import FITS
from alerts.criteria.terms import BOOKING_JOIN, with_terms

# Whether a stored search was looking when the opening came; `now` is when matching came to it.
LOOKS = {
    "saved_before": "search.created_at < slot.recorded_at",
    "active": "search.is_active",
    "not_paused": "(search.paused_until IS NULL OR search.paused_until <= %(now)s)",
}
LOOKING = " AND ".join(LOOKS.values())

# One draw at a time, so that each sees whom the one before has told: else those who had had the
# fewest alerts would be the first of every opening in a batch.
DRAWING_LOCK = 4_010_003
TAKE_TURNS = f"SELECT pg_advisory_xact_lock({DRAWING_LOCK})"

# Someone may hold an opening for a moment; it is then taken in the next round. What has closed in
# the meantime stays unmatched, for if it comes back within the reopen window it has yet to be
# announced.
_CLAIM = """
UPDATE slots_slotopening opening
   SET matched_at = COALESCE(opening.matched_at, moment.now),
       seed = COALESCE(opening.seed, gen_random_uuid()), next_wave_at = NULL
  FROM (SELECT COALESCE(%(now)s::timestamptz, statement_timestamp()) AS now) moment,
       drivingtestslots slot
 WHERE slot.slot_id = opening.slot_id
   AND opening.id = (
        SELECT id FROM slots_slotopening
         WHERE {due} AND quiet IS NULL AND closed_at IS NULL
         ORDER BY {first} LIMIT 1
           FOR NO KEY UPDATE SKIP LOCKED)
RETURNING opening.id, moment.now, opening.matched_at, coalesce(opening.wave, 0) + 1, opening.seed,
          slot.date,
          EXISTS (SELECT FROM alerts_pendingreach WHERE center_id = slot.center_id)
"""
CLAIM_UNMATCHED = _CLAIM.format(due="matched_at IS NULL", first="id")
CLAIM_DUE_WAVE = _CLAIM.format(
    due="next_wave_at <= COALESCE(%(now)s::timestamptz, statement_timestamp())",
    first="next_wave_at, id",
)


# Who may be told of the opening, in words of SQL: one row for each learner, with their nearest
# search. Each wave asks as of when matching came to the opening first, `now`, so that one draw is
# for all of them; only whether the slot can still be told is asked as of `told_at`. Where nobody is
# to be told (not `telling`), whom it was told to, and when it went, doesn't count.
# Who has an alert `already`, from an earlier wave, by hand or from before a restore, is looked up
# once for all: ON CONFLICT, which looks for each row, takes 5% of the statement. Users who may not
# be told are few, and their index is next to nothing. Whom we have told is asked with IN, which is
# always hashed: as a join it could be planned for few rows, and loop over many. And it is asked
# last: among the conditions of a search, the planner would count the hashing for each row.
def _fitting(reach: str) -> str:
    return f"""
WITH opened AS (
    SELECT opening.id AS opening_id, opening.recorded_at, slot.slot_id, slot.center_id,
           slot.test_type, slot.date, slot.time,
           extract(isodow FROM slot.date)::smallint AS weekday,
           (%(now)s::timestamptz AT TIME ZONE 'Europe/London')::date AS today
      FROM slots_slotopening opening
      JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
     WHERE opening.id = %(opening)s
       AND (slot.available AND slot_start(slot.date, slot.time) > %(told_at)s OR NOT %(telling)s)
), slot AS MATERIALIZED ({with_terms("opened")}
), enough AS (
    SELECT alert.user_id
      FROM useralerts alert JOIN slot ON slot.slot_id = alert.slot_id
     WHERE alert.sent_at > %(now)s::timestamptz - interval '24 hours'
     GROUP BY alert.user_id HAVING count(*) >= %(told_at_most)s
), already AS (
    SELECT alert.user_id
      FROM useralerts alert JOIN slot ON slot.opening_id = alert.opening_id
     WHERE %(telling)s
), asking AS (
    SELECT DISTINCT ON (search.user_id)
           slot.opening_id, slot.slot_id, search.user_id, search.preference_id, reach.miles
      FROM slot
      JOIN {reach} reach ON reach.center_id = slot.center_id
      JOIN userpreferences search ON search.preference_id = reach.search_id
{BOOKING_JOIN}
     WHERE {LOOKING}
       AND {FITS}
       AND NOT EXISTS (SELECT FROM users
                        WHERE users.user_id = search.user_id
                          AND NOT (users.is_active AND users.email_verified))
     ORDER BY search.user_id, reach.miles NULLS LAST, search.preference_id
), fitting AS (
    SELECT asking.*, user_id IN (SELECT user_id FROM enough) AS has_heard_enough
      FROM asking WHERE user_id NOT IN (SELECT user_id FROM already)
)"""  # noqa: S608 - put together from constants


# The order of the draw, as `waves` has it: all that decides it was so before matching began.
_PLACED = """, standing AS (
    SELECT fitting.*, earlier.alerts,
           encode(sha256(convert_to(%(seed)s || ':' || fitting.user_id, 'UTF8')), 'hex')
               COLLATE "C" AS lot
      FROM fitting
     CROSS JOIN LATERAL (
           SELECT count(*) AS alerts FROM useralerts alert
            WHERE alert.user_id = fitting.user_id
              AND alert.created_at >= %(now)s::timestamptz - interval '7 days'
              AND alert.created_at < %(now)s) earlier
), placed AS (
    SELECT standing.*,
           row_number() OVER (PARTITION BY has_heard_enough ORDER BY alerts, lot) AS place,
           count(*) FILTER (WHERE NOT has_heard_enough) OVER () AS waiting
      FROM standing
)"""
_INSERT = """
INSERT INTO useralerts
       (user_id, slot_id, opening_id, preference_id, miles, state, state_reason, wave)
SELECT user_id, slot_id, opening_id, preference_id, miles,
       CASE WHEN has_heard_enough THEN %(suppressed)s ELSE %(waiting)s END,
       CASE WHEN has_heard_enough THEN %(told_enough)s END, {wave}
  FROM {those}
"""
_WRITE_ALL = f""", written AS ({_INSERT.format(wave="NULL::smallint", those="fitting")} RETURNING 1)
SELECT count(*) FROM written
"""  # noqa: S608 - put together from constants
# Who has heard enough waits for no turn: their alert only says so.
_WRITE_WAVE = f"""{_PLACED}, told AS (
    SELECT placed.*, waiting > %(most)s OR %(wave)s > 1 AS is_drawn FROM placed
     WHERE has_heard_enough OR place <= %(most)s OR %(most)s IS NULL
), written AS ({_INSERT.format(wave="CASE WHEN is_drawn THEN %(wave)s END", those="told")})
SELECT count(*), count(*) FILTER (WHERE NOT has_heard_enough), coalesce(max(waiting), 0),
       (array_agg(alerts ORDER BY place DESC) FILTER (WHERE NOT has_heard_enough))[1],
       (array_agg(lot ORDER BY place DESC) FILTER (WHERE NOT has_heard_enough))[1]
  FROM told
"""  # noqa: S608 - put together from constants

# As long as Reach has yet to follow a centre, what it would hold is computed.
REACHES = {
    False: "alerts_reach",
    True: "reach_of_centers(ARRAY(SELECT DISTINCT center_id FROM slot))",
}
WRITE_ALL = {pending: _fitting(reach) + _WRITE_ALL for pending, reach in REACHES.items()}
WRITE_WAVE = {pending: _fitting(reach) + _WRITE_WAVE for pending, reach in REACHES.items()}
# A learner's place in the draw of an opening, and how many are in it.
_PLACE = """
SELECT place, waiting, alerts FROM placed WHERE user_id = %(user)s AND NOT has_heard_enough
"""
PLACE = _fitting(REACHES[False]) + _PLACED + _PLACE

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

# The join of an opening with many searches is over before it could be compiled; the searches of
# 28,000 alerts are sorted in memory; and the statements, which take as long to plan as to tell some
# hundred learners, are planned once for each connection: no value makes another plan better.
PLANNING = """
SELECT set_config('jit', 'off', true), set_config('work_mem', '64MB', true),
       set_config('plan_cache_mode', 'force_generic_plan', true)
"""
