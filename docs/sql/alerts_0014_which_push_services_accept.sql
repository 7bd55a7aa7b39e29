--
-- Concurrently create index push_refused on field(s) refused_at of model pushsubscription
--
CREATE INDEX CONCURRENTLY "push_refused" ON "alerts_pushsubscription" ("refused_at") WHERE "refused_at" IS NOT NULL;
--
-- Concurrently create index deliveries_pushed on field(s) provider, accepted_at of model delivery
--
CREATE INDEX CONCURRENTLY "deliveries_pushed" ON "alerts_delivery" ("provider", "accepted_at") WHERE ("channel" = 'push' AND "state" = 'accepted');
