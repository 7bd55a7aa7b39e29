BEGIN;
--
-- Add field covered_since to sourcebaseline
--
ALTER TABLE "slots_sourcebaseline" ADD COLUMN "covered_since" timestamp with time zone DEFAULT (STATEMENT_TIMESTAMP()) NOT NULL;
--
-- Raw SQL operation
--

UPDATE slots_sourcebaseline AS baseline
SET covered_since = COALESCE(LEAST(batch.observed_at, batch.recorded_at), source.created_at)
FROM slots_sourcebaseline AS each
JOIN slots_source AS source ON source.id = each.source_id
LEFT JOIN slots_feedbatch AS batch ON batch.id = each.batch_id
WHERE each.id = baseline.id
;
COMMIT;
