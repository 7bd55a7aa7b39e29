BEGIN;
--
-- Raw SQL operation
--

CREATE FUNCTION accounts_default_roles_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the role % stays', OLD.role_name
        USING ERRCODE = 'check_violation', CONSTRAINT = 'roles_defaults_stay';
END
$$;

CREATE TRIGGER roles_defaults_keep_their_names
    BEFORE UPDATE OF role_name ON roles
    FOR EACH ROW
    WHEN (OLD.role_name IN ('user', 'center_manager', 'auditor', 'admin')
          AND NEW.role_name IS DISTINCT FROM OLD.role_name)
    EXECUTE FUNCTION accounts_default_roles_stay();
CREATE TRIGGER roles_defaults_stay
    BEFORE DELETE ON roles
    FOR EACH ROW
    WHEN (OLD.role_name IN ('user', 'center_manager', 'auditor', 'admin'))
    EXECUTE FUNCTION accounts_default_roles_stay();

COMMIT;
