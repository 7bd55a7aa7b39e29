--
-- Concurrently create index users_email_parts on field(s)  of model user
--
CREATE INDEX CONCURRENTLY "users_email_parts" ON "users" USING gin ((UPPER("email")) gin_trgm_ops);
