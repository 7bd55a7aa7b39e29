BEGIN;
--
-- Create model CenterWait
--
CREATE TABLE "slots_centerwait" ("center_id" integer NOT NULL PRIMARY KEY, "measured_at" timestamp with time zone NOT NULL, "since" timestamp with time zone NOT NULL, "watched_days" double precision NOT NULL, "openings" integer NOT NULL, "taken" integer NOT NULL, "median_seconds_open" double precision NULL, "soonest_by_day" jsonb NOT NULL, CONSTRAINT "center_wait_counts" CHECK (("openings" >= ("taken") AND "taken" >= 0 AND "watched_days" >= 0.0)), CONSTRAINT "center_wait_since" CHECK ("since" <= ("measured_at")));
ALTER TABLE "slots_centerwait" ADD CONSTRAINT "slots_centerwait_center_id_19fdff29_fk_dvsa_test" FOREIGN KEY ("center_id") REFERENCES "dvsa_test_centers" ("center_id") DEFERRABLE INITIALLY DEFERRED;
COMMIT;
