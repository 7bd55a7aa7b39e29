BEGIN;
--
-- Add field vapid_key to pushsubscription
--
ALTER TABLE "alerts_pushsubscription" ADD COLUMN "vapid_key" varchar(100) NULL;
COMMIT;
