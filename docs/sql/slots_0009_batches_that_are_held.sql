--
-- Concurrently create index batches_held on field(s) source of model feedbatch
--
CREATE INDEX CONCURRENTLY "batches_held" ON "slots_feedbatch" ("source_id") WHERE "status" = 'held';
