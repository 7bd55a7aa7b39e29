"""Mails about ended searches that were under way go on in the outbox."""

from django.db import migrations

# What was being sent may have been accepted: it is taken up after its lease, and in doubt.
OVER = """
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
"""
BACK = """
UPDATE alerts_searchending AS ending
   SET mail_id = NULL, state = 'pending', next_attempt_at = mail.next_attempt_at,
       attempts = mail.attempts, message_id = mail.message_id,
       in_doubt = mail.in_doubt + (mail.state = 'sending')::int
  FROM accounts_outboxmail AS mail
 WHERE mail.id = ending.mail_id AND mail.state IN ('pending', 'sending');
DELETE FROM accounts_outboxmail
 WHERE kind IN ('search_ended', 'search_resting') AND state IN ('pending', 'sending');
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0033_endings_are_mailed_by_the_outbox")]

    operations = [migrations.RunSQL(OVER, BACK)]
