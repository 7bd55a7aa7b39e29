--
-- Concurrently create index openings_in_waves on field(s) next_wave_at of model slotopening
--
CREATE INDEX CONCURRENTLY "openings_in_waves" ON "slots_slotopening" ("next_wave_at") WHERE ("closed_at" IS NULL AND "next_wave_at" IS NOT NULL);
