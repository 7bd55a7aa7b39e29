BEGIN;
--
-- Raw SQL operation
--
ALTER TABLE drivingtestslots SET (fillfactor = 70);
COMMIT;
