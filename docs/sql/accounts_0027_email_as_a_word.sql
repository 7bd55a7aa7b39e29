BEGIN;
--
-- Alter field notification_method on savedsearch
--
-- (no-op)
COMMIT;
