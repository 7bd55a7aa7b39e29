BEGIN;
--
-- Add field mail to searchending
--
ALTER TABLE "alerts_searchending" ADD COLUMN "mail_id" bigint NULL UNIQUE CONSTRAINT "alerts_searchending_mail_id_c4e7c0ba_fk_accounts_outboxmail_id" REFERENCES "accounts_outboxmail"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "alerts_searchending_mail_id_c4e7c0ba_fk_accounts_outboxmail_id" IMMEDIATE;
--
-- Raw SQL operation
--
ALTER TABLE alerts_searchending ALTER COLUMN state SET DEFAULT 'suppressed';
--
-- Custom state/database change combination
--
-- (no-op)
COMMIT;
