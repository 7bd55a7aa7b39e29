--
-- Alter field quiet on slotopening
--
-- (no-op)
--
-- Remove constraint opening_quiet from model slotopening
--
ALTER TABLE "slots_slotopening" DROP CONSTRAINT "opening_quiet";
--
-- Create not valid constraint opening_quiet on model slotopening
--
ALTER TABLE "slots_slotopening" ADD CONSTRAINT "opening_quiet" CHECK ("quiet" IN ('baseline', 'returned', 'restored')) NOT VALID;
--
-- Validate constraint opening_quiet on model slotopening
--
ALTER TABLE "slots_slotopening" VALIDATE CONSTRAINT "opening_quiet";
