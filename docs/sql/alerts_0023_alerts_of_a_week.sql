--
-- Validate constraint alert_answer on model useralert
--
ALTER TABLE "useralerts" VALIDATE CONSTRAINT "alert_answer";
--
-- Concurrently create index alerts_of_a_week on field(s) user, created_at of model useralert
--
CREATE INDEX CONCURRENTLY "alerts_of_a_week" ON "useralerts" ("user_id", "created_at");
--
-- Concurrently create index alerts_answered on field(s) opening of model useralert
--
CREATE INDEX CONCURRENTLY "alerts_answered" ON "useralerts" ("opening_id") WHERE "answer" IS NOT NULL;
--
-- Alter field user on useralert
--
SET CONSTRAINTS "useralerts_user_id_3bb82ab8_fk_users_user_id" IMMEDIATE; ALTER TABLE "useralerts" DROP CONSTRAINT "useralerts_user_id_3bb82ab8_fk_users_user_id";
ALTER TABLE "useralerts" ADD CONSTRAINT "useralerts_user_id_3bb82ab8_fk_users_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("user_id") DEFERRABLE INITIALLY DEFERRED;
