BEGIN;
--
-- Raw SQL operation
--

CREATE FUNCTION audit_field(value text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(octet_length(value) || ':' || value, '-')
$$;

CREATE FUNCTION audit_actor_hash(salt uuid, user_id integer, ip inet) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(
        audit_field(salt::text) || audit_field(user_id::text) || audit_field(host(ip)), 'UTF8'
    )), 'hex')
$$;

CREATE FUNCTION audit_entry_hash(previous text, entry auditlogs) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        audit_field(previous) || audit_field(entry.log_id::text) || audit_field(entry.action)
        || audit_field(entry.subject_type) || audit_field(entry.subject_id)
        || audit_field(to_char(entry.timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'))
        || audit_field(entry.details) || audit_field(entry.actor_hash), 'UTF8'
    )), 'hex')
$$;

--
-- Raw SQL operation
--

CREATE FUNCTION audit_receive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.salt := coalesce(NEW.salt, gen_random_uuid());
    NEW.actor_hash := audit_actor_hash(NEW.salt, NEW.user_id, NEW.ip);
    NEW.chain_no := NULL;
    NEW.hash := NULL;
    RETURN NEW;
END
$$;

CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed auditlogs := OLD;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.chain_no IS NULL AND NEW.chain_no IS NOT NULL THEN
        allowed.chain_no := NEW.chain_no;
        allowed.hash := NEW.hash;
    ELSIF TG_OP = 'UPDATE' AND OLD.user_id IS NOT NULL AND NEW.user_id IS NULL THEN
        allowed.user_id := NULL;
        allowed.ip := NULL;
        allowed.salt := NULL;
        NEW.ip := NULL;
        NEW.salt := NULL;
    ELSE
        RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW IS DISTINCT FROM allowed THEN
        RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION audit_guard_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_receive BEFORE INSERT ON auditlogs
    FOR EACH ROW EXECUTE FUNCTION audit_receive();
CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON auditlogs
    FOR EACH ROW EXECUTE FUNCTION audit_guard();
CREATE TRIGGER audit_guard_whole BEFORE TRUNCATE ON auditlogs
    FOR EACH STATEMENT EXECUTE FUNCTION audit_guard_whole();

--
-- Raw SQL operation
--

CREATE INDEX auditlogs_unsealed ON auditlogs (log_id) WHERE chain_no IS NULL;

CREATE FUNCTION audit_seal(at_most integer, OUT sealed integer, OUT head bigint, OUT head_hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry auditlogs;
BEGIN
    -- One sealer at a time; those who insert never wait for it.
    PERFORM pg_advisory_xact_lock(hashtext('audit_seal'));
    sealed := 0;
    SELECT chain_no, hash INTO head, head_hash
        FROM auditlogs WHERE chain_no IS NOT NULL ORDER BY chain_no DESC LIMIT 1;
    head := coalesce(head, 0);
    FOR entry IN
        SELECT * FROM auditlogs WHERE chain_no IS NULL ORDER BY log_id LIMIT at_most
    LOOP
        head := head + 1;
        head_hash := audit_entry_hash(head_hash, entry);
        UPDATE auditlogs SET chain_no = head, hash = head_hash WHERE log_id = entry.log_id;
        sealed := sealed + 1;
    END LOOP;
END
$$;

COMMIT;
