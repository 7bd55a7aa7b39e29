BEGIN;
--
-- Add field silence_noticed_at to source
--
ALTER TABLE "slots_source" ADD COLUMN "silence_noticed_at" timestamp with time zone NULL;
COMMIT;
