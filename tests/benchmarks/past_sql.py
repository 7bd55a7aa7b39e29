"""The statements that give a world a past: what staff find in admin after some months of service.

Whatever is rare lies at the far end of a list that begins with the newest, and nothing at all is
`suppressed` among the alerts: a list that looks for either from the near end reads everything.
"""

# Every tenth learner told by push, on one device.
DEVICES = """
INSERT INTO alerts_pushsubscription (user_id, endpoint, p256dh, auth, label, created_at)
SELECT user_id, 'https://push.example.org/' || user_id, 'x', 'y', 'Phone', created_at
  FROM users WHERE password_hash = 'unusable' AND user_id % 10 = 0 ORDER BY user_id
"""

# One after the other, every five minutes; the oldest of them with what is seldom.
BATCHES = """
INSERT INTO slots_source (name, is_active) VALUES ('staff', true), ('Silent feed', true);
INSERT INTO slots_feedbatch (source_id, sequence, observed_at, recorded_at, complete, covers,
                             digest, status, opened, closed, unchanged, rejected)
SELECT source.id, n, moment, moment, true,
       '{"centers": [], "test_types": ["practical"], "date_from": null, "date_to": null}',
       md5(n::text) || md5(n::text),
       CASE n WHEN 1 THEN 'baseline' WHEN 2 THEN 'held' WHEN 3 THEN 'dropped' ELSE 'applied' END,
       n %% 90, n %% 80, 20000,
       CASE WHEN n %% 50 = 0 THEN '[{"row": 1, "reason": "unknown centre"}]'::jsonb ELSE '[]' END
  FROM slots_source source, generate_series(1, %(batches)s) n,
       LATERAL (SELECT now() - (%(batches)s - n) * interval '5 minutes' AS moment) at
 WHERE source.name = 'Official feed' ORDER BY n
"""

# Those of slots that are closed by now; the open ones have theirs.
OPENINGS = """
INSERT INTO slots_slotopening (slot_id, episode, opened_at, recorded_at, closed_at, close_reason,
                               source_id, quiet, matched_at)
SELECT slot_id, 1, moment, moment, moment + interval '2 hours',
       CASE WHEN slot_id <= 3 THEN 'staff' WHEN slot_id % 3 = 0 THEN 'passed' ELSE 'gone' END,
       source_id, CASE WHEN slot_id <= 3 THEN 'returned' END, moment
  FROM (SELECT *, now() - interval '60 days' + random() * interval '50 days' AS moment
          FROM drivingtestslots WHERE NOT available) slot
 ORDER BY slot_id
"""

# Five alerts a learner in three messages, in the order in which they came.
NUMBERED = """
CREATE UNLOGGED TABLE bench.told AS
SELECT row_number() OVER (ORDER BY user_id) - 1 AS n, user_id FROM users
 WHERE password_hash = 'unusable';
CREATE UNLOGGED TABLE bench.opened AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, slot_id, recorded_at FROM slots_slotopening;
CREATE INDEX ON bench.opened (n);
ANALYZE bench.told, bench.opened
"""
NOTIFICATIONS = """
INSERT INTO alerts_notification (id, user_id, method, created_at, due_at)
SELECT 1 + n + part * learners.count, user_id,
       CASE WHEN user_id % 10 = 0 THEN 'push' ELSE 'email' END, moment, moment
  FROM bench.told, (SELECT count(*) FROM bench.told) learners, generate_series(0, 2) part,
       LATERAL (SELECT now() - interval '9 days'
                       + (part + n / learners.count::float) * interval '3 days' AS moment) at
 ORDER BY 1;
SELECT setval(pg_get_serial_sequence('alerts_notification', 'id'), max(id))
  FROM alerts_notification
"""
DELIVERIES = """
INSERT INTO alerts_delivery (notification_id, channel, subscription_id, provider, state, reason,
                             created_at, next_attempt_at, accepted_at, in_doubt)
SELECT id, method, CASE WHEN method = 'push' THEN device END,
       CASE method WHEN 'push' THEN 'push.example.org' ELSE 'smtp' END, state,
       CASE WHEN state <> 'accepted' THEN 'no longer open' END, created_at, created_at,
       CASE WHEN state = 'accepted' THEN created_at END, (id = 9)::int
  FROM (SELECT message.*, device.id AS device,
               CASE WHEN message.id <= 3 THEN 'failed' WHEN message.id <= 6 THEN 'retry'
                    WHEN message.id % 50 = 0 THEN 'expired' ELSE 'accepted' END AS state
          FROM alerts_notification message
          LEFT JOIN alerts_pushsubscription device USING (user_id)) made
 ORDER BY id
"""
ALERTS = """
INSERT INTO useralerts (user_id, slot_id, opening_id, notification_id, state, state_reason, sent,
                        sent_at, created_at, miles)
SELECT user_id, slot_id, opening_id, notification_id, state,
       CASE WHEN state IN ('expired', 'failed') THEN 'no longer open' END,
       coalesce(state = 'sent', false), CASE WHEN state = 'sent' THEN moment END, moment, 7.5
  FROM (SELECT told.user_id, opened.slot_id, opened.id AS opening_id, part, told.n,
               1 + told.n + part / 2 * size.learners AS notification_id,
               now() - interval '9 days'
               + (part + told.n / size.learners::float) * interval '1.8 days' AS moment,
               CASE WHEN part = 0 AND told.n < 3 THEN 'failed'
                    WHEN part = 0 AND told.n < 6 THEN NULL
                    WHEN (part + told.n) % 25 = 0 THEN 'expired' ELSE 'sent' END AS state
          FROM bench.told, generate_series(0, 4) part,
               (SELECT (SELECT count(*) FROM bench.told) AS learners,
                       (SELECT count(*) FROM bench.opened) AS openings) size
          JOIN bench.opened ON true
         WHERE opened.n = part * (size.openings / 5) + told.n * 7919 % (size.openings / 5)) made
 ORDER BY part, n
"""

# Half of it people coming and going, the rest the feed's batches; whatever else is rare. It ends at
# London's last midnight: a day's share of it, and with it the plan, does not hang on the hour.
ENTRIES = """
INSERT INTO auditlogs (user_id, action, timestamp, subject_type, subject_id, details, ip, chain_no,
                       actor_hash, hash)
SELECT CASE WHEN number %% 2 = 0 THEN told.user_id END, action, moment,
       CASE WHEN number %% 2 = 0 THEN 'accounts.user' ELSE 'slots.feedbatch' END,
       CASE WHEN number %% 2 = 0 THEN told.user_id ELSE number END,
       '{"changes": {"name": ["Old", "New"]}}',
       CASE WHEN number %% 2 = 0 THEN '192.0.2.1'::inet END, number,
       repeat('0', 64), repeat('0', 64)
  FROM generate_series(1, %(entries)s) entry (number)
  JOIN bench.told ON told.n = number %% (SELECT count(*) FROM bench.told),
       LATERAL (SELECT date_trunc('day', now(), 'Europe/London')
                       - (%(entries)s + 1 - number) * interval '10 seconds' AS moment,
                       CASE WHEN number <= 20 THEN 'seldom.done' || number
                            WHEN number %% 2 = 0 THEN (ARRAY['user.signed_in', 'user.signed_out',
                                                       'search.created', 'search.changed'])
                                                [1 + number / 2 %% 4]
                            ELSE 'batch.applied' END AS action) what
 ORDER BY entry.number
"""

# People, searches and slots that are seldom: of another role, disabled, paused, staff's own.
SELDOM = """
UPDATE users SET is_active = false
 WHERE user_id IN (SELECT user_id FROM bench.told ORDER BY n LIMIT 3);
UPDATE userpreferences SET is_active = false
 WHERE preference_id IN (SELECT preference_id FROM userpreferences ORDER BY 1 LIMIT 3);
UPDATE drivingtestslots SET source_id = (SELECT id FROM slots_source WHERE name = 'staff')
 WHERE slot_id IN (SELECT slot_id FROM drivingtestslots ORDER BY 1 LIMIT 3);
INSERT INTO systemconfig (key, value) VALUES ('alerts.coalesce_seconds', '2')
ON CONFLICT DO NOTHING;
INSERT INTO slots_sourcetoken (source_id, digest, hint)
SELECT id, md5('1') || md5('2'), 'abcd' FROM slots_source WHERE name = 'Official feed';
INSERT INTO centers_centeralias (center_id, alias, folded)
SELECT center_id, 'Alias ' || code, 'alias ' || code FROM dvsa_test_centers ORDER BY 1
"""
