--
-- Concurrently create index deliveries_unsent on field(s) id of model delivery
--
CREATE INDEX CONCURRENTLY "deliveries_unsent" ON "alerts_delivery" ("id") WHERE "state" IN ('expired', 'suppressed', 'failed');
--
-- Concurrently create index alerts_unsent on field(s) id of model useralert
--
CREATE INDEX CONCURRENTLY "alerts_unsent" ON "useralerts" ("alert_id") WHERE "state" IN ('suppressed', 'failed');
