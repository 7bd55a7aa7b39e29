BEGIN;
--
-- Change Meta options on feedbatch
--
-- (no-op)
--
-- Change Meta options on slotopening
--
-- (no-op)
--
-- Change Meta options on sourcetoken
--
-- (no-op)
COMMIT;
