BEGIN;
--
-- Raw SQL operation
--

INSERT INTO accounts_outboxmail (user_id, "to", kind, expires_at, next_attempt_at, not_before,
                                 attempts, in_doubt, message_id)
SELECT user_id, email,
       CASE WHEN booked_for IS NULL THEN 'search_ended' ELSE 'search_resting' END,
       now() + interval '3 days', next_attempt_at,
       CASE WHEN next_attempt_at > now() THEN next_attempt_at END,
       attempts, in_doubt + (state = 'sending')::int, message_id
  FROM alerts_searchending JOIN users USING (user_id)
 WHERE state IN ('pending', 'sending');
UPDATE alerts_searchending AS ending
   SET mail_id = mail.id, state = 'suppressed', token = NULL
  FROM accounts_outboxmail AS mail
 WHERE mail.message_id = ending.message_id AND ending.state IN ('pending', 'sending');

COMMIT;
