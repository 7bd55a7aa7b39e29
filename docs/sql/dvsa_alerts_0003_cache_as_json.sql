BEGIN;
--
-- Create model CacheEntry
--
CREATE TABLE "dvsa_alerts_cacheentry" ("key" varchar(255) COLLATE "C" NOT NULL PRIMARY KEY, "value" text NOT NULL, "expires_at" timestamp with time zone NULL);
CREATE INDEX "dvsa_alerts_cacheentry_key_a0539a86_like" ON "dvsa_alerts_cacheentry" ("key" varchar_pattern_ops);
CREATE INDEX "cache_entries_end" ON "dvsa_alerts_cacheentry" ("expires_at");
COMMIT;
