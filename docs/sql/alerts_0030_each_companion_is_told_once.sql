--
-- Raw SQL operation
--

CREATE UNIQUE INDEX CONCURRENTLY delivery_once_per_companion
    ON alerts_delivery (companion_id, notification_id) WHERE companion_id IS NOT NULL
;
