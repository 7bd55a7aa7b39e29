BEGIN;
--
-- Add field rests_until to pushsubscription
--
ALTER TABLE "alerts_pushsubscription" ADD COLUMN "rests_until" timestamp with time zone NULL;
--
-- Add field refused_with to pushsubscription
--
ALTER TABLE "alerts_pushsubscription" ADD COLUMN "refused_with" smallint NULL;
--
-- Add field refused_at to pushsubscription
--
ALTER TABLE "alerts_pushsubscription" ADD COLUMN "refused_at" timestamp with time zone NULL;
--
-- Add field refusals to pushsubscription
--
ALTER TABLE "alerts_pushsubscription" ADD COLUMN "refusals" smallint DEFAULT 0 NOT NULL;
COMMIT;
