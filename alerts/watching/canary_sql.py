"""The statements of the canary."""

# What the rules of driving tests said on the day of matching, one row for each opening.
RULES = """
SELECT o.id AS opening_id, o.london_time::date AS today, o.test_type = 'practical' AS is_practical,
       max(r.value) FILTER (WHERE r.key = 'theory_pass')::int AS years,
       max(r.value) FILTER (WHERE r.key = 'retake_wait')::int AS wait,
       max(r.value) FILTER (WHERE r.key = 'changes') AS changes,
       max(r.value) FILTER (WHERE r.key = 'nearest_centers') AS listed,
       max(r.value) FILTER (WHERE r.key = 'notice_' || o.test_type)::int AS notice
  FROM settled o, centers_rule r
 WHERE r.holds
   AND COALESCE(r.since, '-infinity') = (
       SELECT max(COALESCE(latest.since, '-infinity')) FROM centers_rule latest
        WHERE latest.key = r.key
          AND COALESCE(latest.since, '-infinity') <= o.london_time::date)
 GROUP BY o.id, o.london_time, o.test_type
"""

# Whether the learner `u` could not take the slot of opening `o`, by `rules` of that day and what
# they say of their test, `b`. Working days that lie between are a difference of what was counted
# up to a day.
CAN_NOT_TAKE = """(
    (rules.is_practical AND (
        COALESCE(o.date >= u.theory_passed_on + make_interval(years => rules.years), false)
        OR COALESCE((%(calendar)s::jsonb ->> ('lenient ' || o.date))::int
                    - (%(calendar)s::jsonb ->> ('lenient ' || u.last_failed_on))::int
                    < rules.wait, false)
        OR COALESCE(b.changes_used >= rules.changes, false)
        OR (rules.listed IS NOT NULL AND b.center_id <> o.center_id
            AND b.first_center_id IS DISTINCT FROM o.center_id
            AND EXISTS (SELECT FROM centers_nearestcenter n WHERE n.center_id = b.center_id)
            AND NOT EXISTS (
                SELECT FROM centers_nearestcenter n
                 WHERE n.center_id = b.center_id AND n.other_id = o.center_id
                   AND n.rank <= rules.listed))))
    OR COALESCE((%(calendar)s::jsonb ->> (b.key || ' ' || (b.date - 1)))::int
                - (%(calendar)s::jsonb ->> (b.key || ' ' || rules.today))::int
                < rules.notice, false)
)"""

# An opening whose center, and a user who or one of whose searches, has changed since a minute
# before the opening was recorded is left out: nobody can say any more what matching saw. What
# changes an address' verification leaves no time behind; the present one is taken, and who has
# none now is not held to be alerted in excess. An alert whose search was deleted has none any more;
# its user counts as changed by the entry that says so, and so does one who removed a booking. Who
# could take what is not known of an opening since which the rules or DVSA's lists were changed.
# While an opening is told in waves, those alone are missing who come before someone who was told:
# by alerts of seven days, then by lot.
DIFFERENCES = f"""
WITH opening AS MATERIALIZED (
    SELECT o.id, o.slot_id, o.recorded_at, o.matched_at, o.seed, o.next_wave_at,
           s.center_id, s.test_type, s.date, s.time, c.location, c.is_active AS center_is_active,
           o.recorded_at - interval '60 seconds' AS settled_by,
           timezone('Europe/London', o.matched_at) AS london_time
      FROM slots_slotopening o, drivingtestslots s, dvsa_test_centers c
     WHERE o.id = ANY (%(openings)s) AND o.matched_at IS NOT NULL
       AND s.slot_id = o.slot_id AND c.center_id = s.center_id
), settled AS MATERIALIZED (
    SELECT opening.* FROM opening, dvsa_test_centers c
     WHERE c.center_id = opening.center_id AND c.updated_at <= opening.settled_by
       AND NOT EXISTS (SELECT FROM auditlogs l
                        WHERE l.action IN ('rule.added', 'rule.changed', 'rule.deleted',
                                           'nearestcenter.added', 'nearestcenter.changed',
                                           'nearestcenter.deleted', 'nearest_centers.imported')
                          AND l.timestamp > opening.settled_by)
), rules AS MATERIALIZED ({RULES}
), booked AS (
    SELECT b.*, COALESCE(%(located)s::jsonb ->> b.center_id::text, 'ENG,SCT,WLS') AS key
      FROM accounts_booking b
), candidate AS (
    SELECT o.id AS opening_id, p.preference_id
      FROM settled o, userpreferences p
     WHERE ST_DWithin(p.location, o.location, (
               SELECT max(notification_radius) * 1609.344 + 1 FROM userpreferences))
       AND ST_Distance(p.location, o.location) <= p.notification_radius * 1609.344 + 0.000001
       AND p.preference_id NOT IN (SELECT search_id FROM userpreferences_centers)
    UNION
    SELECT o.id, chosen.search_id
      FROM settled o, userpreferences_centers chosen WHERE chosen.center_id = o.center_id
), expected AS (
    SELECT DISTINCT ON (o.id, p.user_id) o.id AS opening_id, p.user_id, p.preference_id,
           ST_Distance(o.location, p.location) / 1609.344 AS miles
      FROM candidate
      JOIN settled o ON o.id = candidate.opening_id
      JOIN userpreferences p ON p.preference_id = candidate.preference_id
      JOIN users u ON u.user_id = p.user_id
      LEFT JOIN rules ON rules.opening_id = o.id
      LEFT JOIN booked b ON b.user_id = u.user_id AND b.test_type = o.test_type
           AND NOT COALESCE(b.date < o.london_time::date, false)
     WHERE u.is_active AND p.is_active AND o.center_is_active
       AND EXISTS (SELECT FROM account_emailaddress e
                    WHERE e.user_id = u.user_id AND e.verified AND e."primary")
       AND p.created_at < o.recorded_at
       AND NOT COALESCE(p.paused_until > o.matched_at, false)
       AND slot_start(o.date, o.time) > o.matched_at
       AND (COALESCE(jsonb_array_length(p.preferred_test_types), 0) = 0
            OR o.test_type IN (SELECT jsonb_array_elements_text(p.preferred_test_types)))
       AND (COALESCE(cardinality(p.weekdays), 0) = 0
            OR to_char(o.date, 'ID')::int = ANY (p.weekdays))
       AND NOT COALESCE(o.date < p.date_from, false)
       AND NOT COALESCE(o.date > p.date_to, false)
       AND NOT EXISTS (SELECT FROM unnest(p.excluded_dates) away
                        WHERE o.date >= lower(away) AND o.date < upper(away))
       AND NOT COALESCE(o.time < p.time_from, false)
       AND NOT COALESCE(o.time > p.time_until, false)
       AND NOT COALESCE(o.date > COALESCE(b.date, p.current_test_date) - 1, false)
       AND NOT COALESCE(
           o.date > COALESCE(b.date, p.current_test_date) - p.min_days_earlier, false)
       AND NOT COALESCE(o.date - o.london_time::date < p.min_notice_days, false)
       AND NOT (p.only_bookable AND COALESCE({CAN_NOT_TAKE}, false))
     ORDER BY o.id, p.user_id, miles NULLS LAST, p.preference_id
), alerted AS (
    SELECT a.opening_id, a.user_id FROM useralerts a JOIN settled o ON o.id = a.opening_id
), drawn AS (
    SELECT e.opening_id, e.user_id, lately.alerts,
           encode(sha256((o.seed::text || ':' || e.user_id)::bytea), 'hex') COLLATE "C" AS lot,
           a.user_id IS NOT NULL AND a.state_reason IS DISTINCT FROM 'told_enough' AS was_told
      FROM expected e
      JOIN settled o ON o.id = e.opening_id AND o.next_wave_at IS NOT NULL
      LEFT JOIN useralerts a ON a.opening_id = e.opening_id AND a.user_id = e.user_id
     CROSS JOIN LATERAL (
           SELECT count(*) AS alerts FROM useralerts u
            WHERE u.user_id = e.user_id AND u.created_at < o.matched_at
              AND u.created_at >= o.matched_at - interval '168 hours') lately
), last_told AS (
    SELECT DISTINCT ON (opening_id) opening_id, alerts, lot
      FROM drawn WHERE was_told ORDER BY opening_id, alerts DESC, lot DESC
), waiting AS (
    SELECT drawn.opening_id, drawn.user_id FROM drawn JOIN last_told l USING (opening_id)
     WHERE (drawn.alerts, drawn.lot) > (l.alerts, l.lot)
), ours AS (
    SELECT a.opening_id, a.user_id, a.preference_id, a.miles
      FROM useralerts a JOIN settled o ON o.id = a.opening_id
     WHERE a.state IS NOT NULL
       AND EXISTS (SELECT FROM account_emailaddress e
                    WHERE e.user_id = a.user_id AND e.verified AND e."primary")
), differing AS (
    SELECT 'missing' AS what, opening_id, user_id, '' AS why
      FROM (SELECT opening_id, user_id FROM expected
            EXCEPT SELECT * FROM alerted EXCEPT SELECT * FROM waiting) missing
    UNION ALL
    SELECT 'beyond', opening_id, user_id,
           CASE WHEN e.user_id IS NULL THEN 'no search fits'
                WHEN a.preference_id IS NULL THEN 'of no search'
                WHEN a.preference_id <> e.preference_id THEN 'of the wrong search'
                WHEN a.miles IS DISTINCT FROM e.miles
                 AND abs(a.miles - e.miles) < 0.000001 IS NOT TRUE THEN 'of the wrong miles' END
      FROM ours a LEFT JOIN expected e USING (opening_id, user_id)
), changed AS (
    SELECT p.preference_id, greatest(p.updated_at, u.updated_at) AS at, p.user_id
      FROM userpreferences p JOIN users u ON u.user_id = p.user_id
     WHERE greatest(p.updated_at, u.updated_at) > (SELECT min(settled_by) FROM opening)
    UNION ALL
    SELECT NULL, b.updated_at, b.user_id FROM accounts_booking b
     WHERE b.updated_at > (SELECT min(settled_by) FROM opening)
    UNION ALL
    SELECT NULL, l.timestamp, l.user_id FROM auditlogs l
     WHERE l.action IN ('search.deleted', 'booking.removed')
       AND l.timestamp > (SELECT min(settled_by) FROM opening)
)
SELECT 'openings', count(*), NULL::integer, NULL FROM settled
UNION ALL
SELECT 'alerts', count(*), NULL, NULL FROM expected
UNION ALL
SELECT 'left_out_openings', (SELECT count(*) FROM opening) - (SELECT count(*) FROM settled),
       NULL, NULL
UNION ALL
SELECT what, opening_id, user_id, why
  FROM differing JOIN settled o ON o.id = opening_id
 WHERE why IS NOT NULL AND NOT EXISTS (SELECT FROM changed
                    WHERE changed.user_id = differing.user_id AND changed.at > o.settled_by)
"""  # noqa: S608 - put together from constants

# Alerts of ours on openings that were not to be announced.
UNANNOUNCED = """
SELECT o.id, a.user_id, 'the opening announces nothing'
  FROM slots_slotopening o JOIN useralerts a ON a.opening_id = o.id
 WHERE o.recorded_at >= statement_timestamp() - %(since)s
   AND o.quiet IS NOT NULL AND a.state IS NOT NULL
 ORDER BY o.id, a.user_id
"""

# Searches that were left out of at least one of the openings.
LEFT_OUT_SEARCHES = """
SELECT count(*)
  FROM userpreferences p JOIN users u ON u.user_id = p.user_id
 WHERE greatest(p.updated_at, u.updated_at, (
           SELECT max(b.updated_at) FROM accounts_booking b WHERE b.user_id = u.user_id)) > (
           SELECT min(recorded_at) - interval '60 seconds'
             FROM slots_slotopening WHERE id = ANY (%(openings)s))
"""

FORGOTTEN = """
SELECT o.id FROM slots_slotopening o JOIN drivingtestslots s ON s.slot_id = o.slot_id
 WHERE o.id = ANY (%(openings)s) AND o.matched_at IS NULL AND o.closed_at IS NULL
   AND o.recorded_at < statement_timestamp() - %(patience)s
   AND s.available
   AND slot_start(s.date, s.time) > statement_timestamp()
 ORDER BY o.id
"""
