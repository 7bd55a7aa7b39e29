--
-- Concurrently create index alerts_underway on field(s) notification of model useralert
--
CREATE INDEX CONCURRENTLY "alerts_underway" ON "useralerts" ("notification_id") WHERE ("notification_id" IS NOT NULL AND "state" = 'waiting');
