BEGIN;
--
-- Create model Heartbeat
--
CREATE TABLE "dvsa_alerts_heartbeat" ("queue" varchar(50) NOT NULL PRIMARY KEY, "at" timestamp with time zone DEFAULT (STATEMENT_TIMESTAMP()) NOT NULL);
CREATE INDEX "dvsa_alerts_heartbeat_queue_20364e05_like" ON "dvsa_alerts_heartbeat" ("queue" varchar_pattern_ops);
COMMIT;
