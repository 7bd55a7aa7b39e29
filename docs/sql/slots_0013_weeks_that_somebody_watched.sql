BEGIN;
--
-- Create model CoveredWeek
--
CREATE TABLE "slots_coveredweek" ("test_type" varchar(50) NOT NULL, "monday" date NOT NULL, "since" timestamp with time zone NOT NULL, "center_id" integer NOT NULL, CONSTRAINT "covered_week_test_type" CHECK ("test_type" IN ('practical', 'theory')), CONSTRAINT "covered_week_monday" CHECK (EXTRACT(ISODOW FROM "monday") = 1), PRIMARY KEY ("center_id", "test_type", "monday"));
--
-- Raw SQL operation
--

    WITH told AS (
        SELECT opening.source_id, slot.center_id, slot.test_type, min(opening.opened_at) AS first
        FROM slots_slotopening AS opening
        JOIN drivingtestslots AS slot USING (slot_id)
        WHERE opening.source_id IS NOT NULL
        GROUP BY opening.source_id, slot.center_id, slot.test_type
    ), kept AS (
        SELECT source_id, min(observed_at) AS first
        FROM slots_feedbatch
        WHERE complete AND status IN ('applied', 'baseline')
        GROUP BY source_id
    ), covered AS (
        SELECT baseline.center_id, baseline.test_type, source.newest_observed_at AS last,
            COALESCE(batch.observed_at, told.first, kept.first) AS first
        FROM slots_sourcebaseline AS baseline
        JOIN slots_source AS source ON source.id = baseline.source_id
        LEFT JOIN slots_feedbatch AS batch ON batch.id = baseline.batch_id
        LEFT JOIN kept ON kept.source_id = baseline.source_id
        LEFT JOIN told ON told.source_id = baseline.source_id
            AND told.center_id = baseline.center_id AND told.test_type = baseline.test_type
    )
    INSERT INTO slots_coveredweek (center_id, test_type, monday, since)
    SELECT center_id, test_type, monday::date,
        min(GREATEST(first, monday AT TIME ZONE 'Europe/London'))
    FROM covered
    CROSS JOIN generate_series(
        date_trunc('week', first AT TIME ZONE 'Europe/London'),
        last AT TIME ZONE 'Europe/London', interval '1 week'
    ) AS monday
    GROUP BY center_id, test_type, monday;
ALTER TABLE "slots_coveredweek" ADD CONSTRAINT "slots_coveredweek_center_id_b5405ebb_fk_dvsa_test" FOREIGN KEY ("center_id") REFERENCES "dvsa_test_centers" ("center_id") DEFERRABLE INITIALLY DEFERRED;
COMMIT;
