BEGIN;
--
-- Add field erased_by to auditlog
--
ALTER TABLE "auditlogs" ADD COLUMN "erased_by" integer NULL;
--
-- Raw SQL operation
--

CREATE OR REPLACE FUNCTION audit_receive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.action IN ('audit.pruned', 'audit.erased') AND NOT pg_has_role(
        current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE'
    ) THEN
        RAISE EXCEPTION 'only the owner signs entries off' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- A number that is not the sequence's last in this session was chosen by somebody.
    IF NEW.log_id <> currval('auditlogs_log_id_seq') THEN
        NEW.log_id := nextval('auditlogs_log_id_seq');
    END IF;
    NEW.timestamp := statement_timestamp();
    NEW.erased_by := NULL;
    NEW.salt := coalesce(NEW.salt, gen_random_uuid());
    NEW.ip_salt := CASE WHEN NEW.ip IS NOT NULL THEN gen_random_uuid() END;
    NEW.ip_hash := CASE WHEN NEW.ip IS NOT NULL THEN audit_ip_hash(NEW.ip_salt, NEW.ip) END;
    NEW.actor_hash := audit_actor_hash(NEW.salt, NEW.user_id, NEW.ip_hash::text);
    NEW.chain_no := NULL;
    NEW.hash := NULL;
    RETURN NEW;
END
$$;

--
-- Raw SQL operation
--

CREATE FUNCTION audit_let_go(ids integer[], erased integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    witness integer;
BEGIN
    INSERT INTO auditlogs (action, details) VALUES ('audit.erased', json_build_object(
        'user', erased, 'entries', cardinality(ids), 'first', ids[1],
        'digest', encode(sha256(convert_to(array_to_string(ids, ','), 'UTF8')), 'hex')
    )) RETURNING log_id INTO witness;
    UPDATE auditlogs SET user_id = NULL, ip = NULL, erased_by = witness WHERE log_id = ANY(ids);
END
$$;

CREATE FUNCTION audit_erase(erased integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT audit_let_go(
        ARRAY(SELECT log_id FROM auditlogs WHERE user_id = erased ORDER BY log_id), erased
    )
$$;

-- Else the application could let go of entries of people who are still there.
REVOKE EXECUTE ON FUNCTION audit_let_go(integer[], integer), audit_erase(integer) FROM PUBLIC;

--
-- Raw SQL operation
--

CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed auditlogs := OLD;
BEGIN
    IF TG_OP = 'DELETE' AND OLD.chain_no <= (
        -- What a sealed entry says, which only the owner could write.
        SELECT split_part(details::json ->> 'through', ':', 1)::bigint FROM auditlogs
         WHERE action = 'audit.pruned' AND chain_no IS NOT NULL ORDER BY chain_no DESC LIMIT 1
    ) THEN
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' AND OLD.chain_no IS NULL AND NEW.chain_no IS NOT NULL THEN
        allowed.chain_no := NEW.chain_no;
        allowed.hash := NEW.hash;
    ELSIF TG_OP = 'UPDATE' AND OLD.erased_by IS NULL AND NEW.erased_by IS NOT NULL THEN
        allowed.user_id := NULL;
        allowed.ip := NULL;
        allowed.salt := NULL;
        allowed.ip_salt := NULL;
        allowed.erased_by := NEW.erased_by;
        NEW.user_id := NULL;
        NEW.ip := NULL;
        NEW.salt := NULL;
        NEW.ip_salt := NULL;
    ELSIF TG_OP = 'UPDATE' AND OLD.ip IS NOT NULL AND NEW.ip IS NULL AND OLD.ip_hash IS NOT NULL
    THEN
        allowed.ip := NULL;
        allowed.ip_salt := NULL;
        NEW.ip_salt := NULL;
    ELSE
        RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW IS DISTINCT FROM allowed THEN
        RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

--
-- Raw SQL operation
--

CREATE OR REPLACE FUNCTION audit_forget_addresses(at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stored text := (SELECT value FROM systemconfig WHERE key = 'audit.keep_addresses_days');
    days integer := CASE WHEN stored ~ '^[0-9]{1,4}$' THEN stored::integer END;
    old integer[];
    without_hash integer[];
BEGIN
    IF days IS NULL OR days NOT BETWEEN 1 AND 3650 THEN
        days := 90;
    END IF;
    old := ARRAY(
        SELECT log_id FROM auditlogs
         WHERE ip IS NOT NULL AND timestamp < statement_timestamp() - make_interval(days => days)
         ORDER BY timestamp LIMIT at_most FOR UPDATE SKIP LOCKED
    );
    without_hash := ARRAY(
        SELECT log_id FROM auditlogs WHERE log_id = ANY(old) AND ip_hash IS NULL ORDER BY log_id
    );
    IF cardinality(without_hash) > 0 THEN
        PERFORM audit_let_go(without_hash, NULL);
    END IF;
    UPDATE auditlogs SET ip = NULL WHERE log_id = ANY(old) AND ip IS NOT NULL;
    RETURN cardinality(old);
END
$$;

--
-- Raw SQL operation
--

DO $$
DECLARE
    ids integer[] := ARRAY(SELECT log_id FROM auditlogs WHERE salt IS NULL ORDER BY log_id);
BEGIN
    IF cardinality(ids) > 0 THEN
        ALTER TABLE auditlogs DISABLE TRIGGER audit_guard;
        PERFORM audit_let_go(ids, NULL);
        ALTER TABLE auditlogs ENABLE TRIGGER audit_guard;
    END IF;
END
$$;

COMMIT;
