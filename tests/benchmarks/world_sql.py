"""The statements that build a world; `world` says when each runs.

Places lie around a city as normal deviates by Box and Muller (1958), in miles of 1/69.1 degree of
latitude. All randomness is `random()` after `setseed`, so one session builds the same again.
People and centres are a month old, else the canary would leave them out.
"""

PARTS = """
CREATE SCHEMA IF NOT EXISTS bench;
GRANT USAGE ON SCHEMA bench TO PUBLIC;
CREATE TABLE IF NOT EXISTS bench.part (name text PRIMARY KEY)
"""

CITIES = """
CREATE TABLE bench.city (
    latitude double precision, longitude double precision, weight double precision,
    miles double precision)
"""

# A place of the country for a learner (spread 1) or a centre.
PLACES = """
CREATE VIEW bench.shares AS
SELECT array_agg(share ORDER BY share) AS starts FROM (
    SELECT (sum(weight) OVER (ORDER BY weight DESC) - weight) / sum(weight) OVER () AS share
      FROM bench.city) shares;
CREATE TABLE bench.numbered AS
SELECT row_number() OVER (ORDER BY weight DESC) AS number, * FROM bench.city;
CREATE FUNCTION bench.places(count integer)
RETURNS TABLE (n integer, latitude numeric, longitude numeric) LANGUAGE sql AS $$
    SELECT drawn.n, round((city.latitude + city.miles / 69.1 * north)::numeric, 6),
           round((city.longitude + city.miles / 69.1 * east
                  / cos(radians(city.latitude)))::numeric, 6)
      FROM (SELECT n, width_bucket(random(), (SELECT starts FROM bench.shares)) AS number,
                   sqrt(-2 * ln(1 - random())) AS far, 2 * pi() * random() AS turn
              FROM generate_series(1, count) n) drawn
      JOIN bench.numbered city USING (number)
     CROSS JOIN LATERAL (SELECT far * cos(turn) AS north, far * sin(turn) AS east) apart
     ORDER BY drawn.n
$$
"""

CENTERS = """
INSERT INTO dvsa_test_centers (name, postcode, code, latitude, longitude, updated_at)
SELECT 'Center ' || n, 'IG3 9UZ', n::text,
       least(greatest(latitude, 49.5), 60), least(greatest(longitude, -8), 1.7),
       now() - interval '30 days'
  FROM bench.places(%(count)s)
"""

# Laid down as they would have come: day by day, all centres side by side. The source is silent
# never, and its slots were seen just now.
SLOTS = """
INSERT INTO slots_source (name, stale_after_minutes, heard_at, newest_observed_at)
VALUES ('Official feed', 1000000, now(), now() - interval '1 hour');
INSERT INTO drivingtestslots
    (center_id, test_type, date, time, available, source_id, last_seen_at, created_at)
SELECT center.center_id, CASE WHEN center.code::int %% 10 = 0 THEN 'theory' ELSE 'practical' END,
       current_date + day, time '08:10' + number * interval '25 minutes',
       day > 0 AND random() < %(open)s,
       (SELECT id FROM slots_source WHERE name = 'Official feed'), now(), now() - interval '1 day'
  FROM generate_series(%(first)s + 1, %(last)s) day
 CROSS JOIN generate_series(0, %(times)s - 1) number
 CROSS JOIN dvsa_test_centers center
 ORDER BY day, number, center.center_id
"""

OPENINGS = """
INSERT INTO slots_slotopening
    (slot_id, episode, opened_at, recorded_at, source_id, quiet, matched_at)
SELECT slot_id, 1, now() - random() * interval '20 days', now() - interval '1 day', source_id,
       'baseline', now()
  FROM drivingtestslots WHERE available ORDER BY slot_id
"""

LEARNERS = """
INSERT INTO users (email, password_hash, created_at, updated_at, email_verified)
SELECT 'learner' || n || '@example.org', 'unusable', now() - interval '30 days',
       now() - interval '30 days', true
  FROM generate_series(1, %(count)s) n
"""
ADDRESSES = """
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
SELECT user_id, email, true, true FROM users WHERE password_hash = 'unusable' ORDER BY user_id
"""
SEARCHES = """
INSERT INTO userpreferences (user_id, notification_radius, notification_method,
                             preferred_test_types, name, postcode, location, created_at,
                             updated_at)
SELECT learner.user_id, 5 + floor(random() * 46)::int,
       CASE WHEN random() < 0.8 THEN 'email' ELSE 'push' END,
       '["practical"]', 'near home', 'IG3 9UZ',
       ST_SetSRID(ST_MakePoint(place.longitude, place.latitude), 4326)::geography,
       now() - interval '30 days', now() - interval '30 days'
  FROM (SELECT user_id, row_number() OVER (ORDER BY user_id) AS n
          FROM users WHERE password_hash = 'unusable') learner
  JOIN bench.places((SELECT count(*)::int FROM users WHERE password_hash = 'unusable')) place
    USING (n)
 ORDER BY learner.user_id
"""

# The program's own rule. Made as a table of its own first, because that can be done in parallel.
GATHER = "CREATE UNLOGGED TABLE bench.reach AS SELECT * FROM reach_computed()"
REACH = """
INSERT INTO alerts_reach (center_id, search_id, miles)
SELECT center_id, search_id, miles FROM bench.reach ORDER BY search_id;
DROP TABLE bench.reach
"""

INDEXES = """
SELECT index.indexrelid::regclass::text,
       CASE WHEN rule.oid IS NULL THEN format('DROP INDEX %%s', index.indexrelid::regclass)
            ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I', index.indrelid::regclass,
                        rule.conname) END,
       CASE WHEN rule.oid IS NULL THEN pg_get_indexdef(index.indexrelid)
            ELSE format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', index.indrelid::regclass,
                        rule.conname, pg_get_constraintdef(rule.oid)) END
  FROM pg_index index
  LEFT JOIN pg_constraint rule ON rule.conindid = index.indexrelid AND rule.contype IN ('p', 'u')
 WHERE index.indrelid = %(table)s::regclass
   AND NOT EXISTS (SELECT FROM pg_constraint other
                    WHERE other.contype = 'f' AND other.conindid = index.indexrelid)
"""
