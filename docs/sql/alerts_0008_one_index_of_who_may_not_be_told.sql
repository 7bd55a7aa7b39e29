--
-- Raw SQL operation
--

CREATE INDEX CONCURRENTLY users_not_told ON users (user_id)
 WHERE NOT (is_active AND email_verified)
;
--
-- Raw SQL operation
--
DROP INDEX CONCURRENTLY users_inactive;
--
-- Raw SQL operation
--
DROP INDEX CONCURRENTLY emailaddress_verified;
