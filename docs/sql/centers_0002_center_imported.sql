BEGIN;
--
-- Add field imported to center
--
ALTER TABLE "dvsa_test_centers" ADD COLUMN "imported" jsonb NULL;
COMMIT;
