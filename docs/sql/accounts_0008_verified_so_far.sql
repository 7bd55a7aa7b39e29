BEGIN;
--
-- Raw SQL operation
--

UPDATE users SET email_verified = true FROM account_emailaddress address
 WHERE address.user_id = users.user_id AND address."primary" AND address.verified
   AND NOT users.email_verified
;
COMMIT;
