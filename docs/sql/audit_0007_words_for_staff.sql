BEGIN;
--
-- Change Meta options on auditlog
--
-- (no-op)
--
-- Change Meta options on systemconfig
--
-- (no-op)
COMMIT;
