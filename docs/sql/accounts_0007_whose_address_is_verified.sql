BEGIN;
--
-- Raw SQL operation
--
ALTER TABLE users ADD COLUMN email_verified boolean DEFAULT false NOT NULL;
--
-- Raw SQL operation
--

CREATE FUNCTION users_verify_email(written integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM users WHERE user_id = written FOR NO KEY UPDATE;
    UPDATE users SET email_verified = NOT email_verified
     WHERE user_id = written AND email_verified <> EXISTS (
           SELECT FROM account_emailaddress address
            WHERE address.user_id = written AND address."primary" AND address.verified);
END $$;

CREATE FUNCTION users_follow_addresses() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM users_verify_email(OLD.user_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM users_verify_email(NEW.user_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER verifies_user
AFTER INSERT OR DELETE OR UPDATE OF user_id, verified, "primary"
ON account_emailaddress FOR EACH ROW EXECUTE FUNCTION users_follow_addresses();

COMMIT;
