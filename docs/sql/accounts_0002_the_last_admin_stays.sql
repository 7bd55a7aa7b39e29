BEGIN;
--
-- Raw SQL operation
--

CREATE FUNCTION accounts_last_admin_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    admin_role integer := (SELECT role_id FROM roles WHERE role_name = 'admin');
BEGIN
    IF OLD.role_id IS DISTINCT FROM admin_role OR NOT OLD.is_active THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('accounts_last_admin'));
    IF NOT EXISTS (SELECT FROM users WHERE role_id = admin_role AND is_active) THEN
        RAISE EXCEPTION 'the last active admin stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'users_last_admin_stays';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER users_last_admin_stays
    AFTER UPDATE OF role_id, is_active OR DELETE ON users
    DEFERRABLE INITIALLY IMMEDIATE
    FOR EACH ROW EXECUTE FUNCTION accounts_last_admin_stays();

COMMIT;
