BEGIN;
--
-- Create model HeldSlot
--
CREATE TABLE "slots_heldslot" ("batch_id" bigint NOT NULL, "center_id" integer NOT NULL, "test_type" varchar(50) NOT NULL, "date" date NOT NULL, "time" time NOT NULL, PRIMARY KEY ("batch_id", "center_id", "test_type", "date", "time"));
--
-- Add field known_centers to feedbatch
--
ALTER TABLE "slots_feedbatch" ADD COLUMN "known_centers" integer[] NULL;
--
-- Add field withheld_at to slot
--
ALTER TABLE "drivingtestslots" ADD COLUMN "withheld_at" timestamp with time zone NULL;
--
-- Add field mass_closed to slotopening
--
ALTER TABLE "slots_slotopening" ADD COLUMN "mass_closed" boolean DEFAULT false NOT NULL;
--
-- Add field resumed_at to slotopening
--
ALTER TABLE "slots_slotopening" ADD COLUMN "resumed_at" timestamp with time zone NULL;
--
-- Alter field digest on feedbatch
--
ALTER TABLE "slots_feedbatch" ALTER COLUMN "digest" DROP NOT NULL;
--
-- Alter field observed_at on feedbatch
--
ALTER TABLE "slots_feedbatch" ALTER COLUMN "observed_at" DROP NOT NULL;
--
-- Alter field center on slot
--
SET CONSTRAINTS "drivingtestslots_center_id_70b8cdc6_fk_dvsa_test" IMMEDIATE; ALTER TABLE "drivingtestslots" DROP CONSTRAINT "drivingtestslots_center_id_70b8cdc6_fk_dvsa_test";
ALTER TABLE "drivingtestslots" ADD CONSTRAINT "drivingtestslots_center_id_70b8cdc6_fk_dvsa_test" FOREIGN KEY ("center_id") REFERENCES "dvsa_test_centers" ("center_id") DEFERRABLE INITIALLY DEFERRED;
--
-- Alter field source on slot
--
SET CONSTRAINTS "drivingtestslots_source_id_58291d6f_fk_slots_source_id" IMMEDIATE; ALTER TABLE "drivingtestslots" DROP CONSTRAINT "drivingtestslots_source_id_58291d6f_fk_slots_source_id";
ALTER TABLE "drivingtestslots" ADD CONSTRAINT "drivingtestslots_source_id_58291d6f_fk_slots_source_id" FOREIGN KEY ("source_id") REFERENCES "slots_source" ("id") DEFERRABLE INITIALLY DEFERRED;
--
-- Alter field slot on slotopening
--
SET CONSTRAINTS "slots_slotopening_slot_id_7fa85c74_fk_drivingtestslots_slot_id" IMMEDIATE; ALTER TABLE "slots_slotopening" DROP CONSTRAINT "slots_slotopening_slot_id_7fa85c74_fk_drivingtestslots_slot_id";
ALTER TABLE "slots_slotopening" ADD CONSTRAINT "slots_slotopening_slot_id_7fa85c74_fk_drivingtestslots_slot_id" FOREIGN KEY ("slot_id") REFERENCES "drivingtestslots" ("slot_id") DEFERRABLE INITIALLY DEFERRED;
--
-- Alter field source on slotopening
--
SET CONSTRAINTS "slots_slotopening_source_id_d2115846_fk_slots_source_id" IMMEDIATE; ALTER TABLE "slots_slotopening" DROP CONSTRAINT "slots_slotopening_source_id_d2115846_fk_slots_source_id";
ALTER TABLE "slots_slotopening" ADD CONSTRAINT "slots_slotopening_source_id_d2115846_fk_slots_source_id" FOREIGN KEY ("source_id") REFERENCES "slots_source" ("id") DEFERRABLE INITIALLY DEFERRED;
--
-- Create index slots_withheld on field(s) id of model slot
--
CREATE INDEX "slots_withheld" ON "drivingtestslots" ("slot_id") WHERE "withheld_at" IS NOT NULL;
--
-- Create index openings_resumed on field(s) id of model slotopening
--
CREATE INDEX "openings_resumed" ON "slots_slotopening" ("id") WHERE "resumed_at" IS NOT NULL;
--
-- Create constraint batch_known_unless_refused on model feedbatch
--
ALTER TABLE "slots_feedbatch" ADD CONSTRAINT "batch_known_unless_refused" CHECK (("status" = 'refused' OR ("digest" IS NOT NULL AND "observed_at" IS NOT NULL)));
ALTER TABLE "slots_heldslot" ADD CONSTRAINT "slots_heldslot_batch_id_1952147b_fk_slots_feedbatch_id" FOREIGN KEY ("batch_id") REFERENCES "slots_feedbatch" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "slots_heldslot" ADD CONSTRAINT "slots_heldslot_center_id_a1732f11_fk_dvsa_test" FOREIGN KEY ("center_id") REFERENCES "dvsa_test_centers" ("center_id") DEFERRABLE INITIALLY DEFERRED;
COMMIT;
