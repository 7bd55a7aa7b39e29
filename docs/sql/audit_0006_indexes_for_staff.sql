--
-- Concurrently create index auditlogs_action on field(s) action, -id of model auditlog
--
CREATE INDEX CONCURRENTLY "auditlogs_action" ON "auditlogs" ("action", "log_id" DESC);
--
-- Concurrently create index auditlogs_user on field(s) user, -id of model auditlog
--
CREATE INDEX CONCURRENTLY "auditlogs_user" ON "auditlogs" ("user_id", "log_id" DESC);
--
-- Alter field user on auditlog
--
-- (no-op)
