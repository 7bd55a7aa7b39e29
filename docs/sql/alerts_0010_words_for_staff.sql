BEGIN;
--
-- Change Meta options on breaker
--
-- (no-op)
--
-- Change Meta options on useralert
--
-- (no-op)
COMMIT;
