BEGIN;
--
-- Validate constraint outbox_mail_says_nothing_once_it_ended on model outboxmail
--
ALTER TABLE "accounts_outboxmail" VALIDATE CONSTRAINT "outbox_mail_says_nothing_once_it_ended";
COMMIT;
