BEGIN;
--
-- Remove index slots_open from slot
--
DROP INDEX IF EXISTS "slots_open";
--
-- Create index slots_open on field(s) center, test_type, date, time of model slot
--
CREATE INDEX "slots_open" ON "drivingtestslots" ("center_id", "test_type", "date", "time") INCLUDE ("slot_id") WHERE "available";
COMMIT;
