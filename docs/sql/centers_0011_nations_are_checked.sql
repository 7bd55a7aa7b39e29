BEGIN;
--
-- Validate constraint centers_nation on model center
--
ALTER TABLE "dvsa_test_centers" VALIDATE CONSTRAINT "centers_nation";
--
-- Validate constraint postcode_nation on model postcode
--
ALTER TABLE "centers_postcode" VALIDATE CONSTRAINT "postcode_nation";
COMMIT;
