BEGIN;
--
-- Validate constraint users_plain_email on model user
--
ALTER TABLE "users" VALIDATE CONSTRAINT "users_plain_email";
--
-- Raw SQL operation
--
ALTER TABLE account_emailaddress VALIDATE CONSTRAINT emailaddress_plain;
COMMIT;
