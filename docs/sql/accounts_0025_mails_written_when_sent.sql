BEGIN;
--
-- Add field not_before to outboxmail
--
ALTER TABLE "accounts_outboxmail" ADD COLUMN "not_before" timestamp with time zone NULL;
--
-- Remove constraint outbox_mail_says_nothing_once_it_ended from model outboxmail
--
ALTER TABLE "accounts_outboxmail" DROP CONSTRAINT "outbox_mail_says_nothing_once_it_ended";
--
-- Create not valid constraint outbox_mail_says_nothing_once_it_ended on model outboxmail
--
ALTER TABLE "accounts_outboxmail" ADD CONSTRAINT "outbox_mail_says_nothing_once_it_ended" CHECK ((("state" IN ('pending', 'sending') AND "subject" IS NOT NULL AND "text" IS NOT NULL) OR ("headers" IS NULL AND "html" IS NULL AND "subject" IS NULL AND "text" IS NULL))) NOT VALID;
COMMIT;
