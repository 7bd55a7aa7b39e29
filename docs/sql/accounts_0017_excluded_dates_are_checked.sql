BEGIN;
--
-- Validate constraint preferences_excluded_dates_end on model savedsearch
--
ALTER TABLE "userpreferences" VALIDATE CONSTRAINT "preferences_excluded_dates_end";
COMMIT;
