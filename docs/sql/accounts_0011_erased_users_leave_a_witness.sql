BEGIN;
--
-- Raw SQL operation
--

CREATE FUNCTION accounts_leave_a_witness() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_erase(OLD.user_id);
    RETURN OLD;
END
$$;

-- Else the application could put it on a table of its own making.
REVOKE EXECUTE ON FUNCTION accounts_leave_a_witness() FROM PUBLIC;

CREATE TRIGGER users_leave_a_witness
    BEFORE DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION accounts_leave_a_witness();

COMMIT;
