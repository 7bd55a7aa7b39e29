BEGIN;
--
-- Create model SenderJournal
--
CREATE TABLE "alerts_senderjournal" ("token" uuid NOT NULL PRIMARY KEY, "accepted" bigint[] DEFAULT '{}'::bigint[] NOT NULL, "on_wire" bigint NULL, "look_until" timestamp with time zone NOT NULL, "lease_until" timestamp with time zone NULL);
COMMIT;
