--
-- Raw SQL operation
--

CREATE UNIQUE INDEX CONCURRENTLY delivery_once_per_webhook
    ON alerts_delivery (webhook_id, notification_id) WHERE webhook_id IS NOT NULL
;
--
-- Concurrently create index deliveries_to_webhooks on field(s) id of model delivery
--
CREATE INDEX CONCURRENTLY "deliveries_to_webhooks" ON "alerts_delivery" ("id") WHERE "channel" = 'webhook';
