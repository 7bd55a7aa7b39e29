BEGIN;
--
-- Add field booked_for to searchending
--
ALTER TABLE "alerts_searchending" ADD COLUMN "booked_for" date NULL;
COMMIT;
