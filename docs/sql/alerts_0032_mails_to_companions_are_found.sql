--
-- Concurrently create index deliveries_to_companions on field(s) id of model delivery
--
CREATE INDEX CONCURRENTLY "deliveries_to_companions" ON "alerts_delivery" ("id") WHERE "channel" = 'companion';
