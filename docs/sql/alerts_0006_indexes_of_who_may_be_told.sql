BEGIN;
--
-- Raw SQL operation
--

CREATE INDEX users_inactive ON users (user_id) WHERE NOT is_active;
CREATE INDEX emailaddress_verified ON account_emailaddress (user_id)
    WHERE "primary" AND verified;

COMMIT;
