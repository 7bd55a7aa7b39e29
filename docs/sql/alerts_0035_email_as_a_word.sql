BEGIN;
--
-- Alter field method on notification
--
-- (no-op)
COMMIT;
