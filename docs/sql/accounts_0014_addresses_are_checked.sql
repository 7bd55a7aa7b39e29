BEGIN;
--
-- Validate constraint users_email_plain on model user
--
ALTER TABLE "users" VALIDATE CONSTRAINT "users_email_plain";
--
-- Raw SQL operation
--
ALTER TABLE account_emailaddress VALIDATE CONSTRAINT emailaddress_plain;
COMMIT;
