BEGIN;
--
-- Change Meta options on centeralias
--
-- (no-op)
COMMIT;
