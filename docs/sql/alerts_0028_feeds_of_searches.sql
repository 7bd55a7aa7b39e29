BEGIN;
--
-- Create model SearchFeed
--
CREATE TABLE "alerts_searchfeed" ("search_id" integer NOT NULL PRIMARY KEY, "digest" varchar(64) NOT NULL UNIQUE, "made_at" timestamp with time zone DEFAULT (STATEMENT_TIMESTAMP()) NOT NULL);
ALTER TABLE "alerts_searchfeed" ADD CONSTRAINT "alerts_searchfeed_search_id_1facd35b_fk_userprefe" FOREIGN KEY ("search_id") REFERENCES "userpreferences" ("preference_id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "alerts_searchfeed_digest_ebfc35a9_like" ON "alerts_searchfeed" ("digest" varchar_pattern_ops);
COMMIT;
