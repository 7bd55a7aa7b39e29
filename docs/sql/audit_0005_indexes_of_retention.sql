--
-- Concurrently create index auditlogs_addresses on field(s) timestamp of model auditlog
--
CREATE INDEX CONCURRENTLY "auditlogs_addresses" ON "auditlogs" ("timestamp") WHERE "ip" IS NOT NULL;
--
-- Concurrently create index auditlogs_signed_off on field(s) chain_no of model auditlog
--
CREATE INDEX CONCURRENTLY "auditlogs_signed_off" ON "auditlogs" ("chain_no") WHERE "action" = 'audit.pruned';
