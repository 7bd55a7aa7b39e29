BEGIN;
--
-- Add field also_email to notification
--
ALTER TABLE "alerts_notification" ADD COLUMN "also_email" boolean DEFAULT false NOT NULL;
--
-- Add field is_last_today to notification
--
ALTER TABLE "alerts_notification" ADD COLUMN "is_last_today" boolean DEFAULT false NOT NULL;
COMMIT;
