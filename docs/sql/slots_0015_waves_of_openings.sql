BEGIN;
--
-- Add field wave to slotopening
--
ALTER TABLE "slots_slotopening" ADD COLUMN "wave" smallint NULL;
--
-- Add field next_wave_at to slotopening
--
ALTER TABLE "slots_slotopening" ADD COLUMN "next_wave_at" timestamp with time zone NULL;
--
-- Add field seed to slotopening
--
ALTER TABLE "slots_slotopening" ADD COLUMN "seed" uuid NULL;
--
-- Add field reported_gone_at to slotopening
--
ALTER TABLE "slots_slotopening" ADD COLUMN "reported_gone_at" timestamp with time zone NULL;
COMMIT;
