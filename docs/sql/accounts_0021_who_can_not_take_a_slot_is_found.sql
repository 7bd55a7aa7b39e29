--
-- Concurrently create index users_theory_passed on field(s) theory_passed_on, id of model user
--
CREATE INDEX CONCURRENTLY "users_theory_passed" ON "users" ("theory_passed_on", "user_id") WHERE "theory_passed_on" IS NOT NULL;
--
-- Concurrently create index users_last_failed on field(s) last_failed_on, id of model user
--
CREATE INDEX CONCURRENTLY "users_last_failed" ON "users" ("last_failed_on", "user_id") WHERE "last_failed_on" IS NOT NULL;
