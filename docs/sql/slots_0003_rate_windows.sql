BEGIN;
--
-- Create model RateWindow
--
CREATE TABLE "slots_ratewindow" ("key" varchar(100) COLLATE "C" NOT NULL PRIMARY KEY, "started_at" timestamp with time zone NOT NULL, "requests" integer NOT NULL);
--
-- Raw SQL operation
--
ALTER TABLE slots_ratewindow SET UNLOGGED;
CREATE INDEX "slots_ratewindow_key_24852a11_like" ON "slots_ratewindow" ("key" varchar_pattern_ops);
CREATE INDEX "rate_windows_started" ON "slots_ratewindow" ("started_at");
COMMIT;
