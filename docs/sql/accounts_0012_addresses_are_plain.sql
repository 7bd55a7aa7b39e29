BEGIN;
--
-- Alter field email on user
--
-- (no-op)
--
-- Create not valid constraint users_plain_email on model user
--
ALTER TABLE "users" ADD CONSTRAINT "users_plain_email" CHECK ("email"::text ~  E'^(?=.{1,254}$)[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\\.[A-Za-z0-9-]+$') NOT VALID;
--
-- Raw SQL operation
--

ALTER TABLE account_emailaddress
    ADD CONSTRAINT emailaddress_plain CHECK (email ~ '^(?=.{1,254}$)[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$') NOT VALID
;
COMMIT;
