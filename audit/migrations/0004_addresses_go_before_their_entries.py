"""An address may leave an entry that stays provable, and old entries may leave the chain.

The address has a salt and a hash of its own, and the actor's hash is made of the latter: with the
address and its salt gone, the rest still proves the user. Of an entry from before, whose actor's
hash is made of the address itself, the user goes with the address.
"""

from django.db import migrations, models

HASHES = """
CREATE FUNCTION audit_ip_hash(salt uuid, ip inet) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(
        audit_field(salt::text) || audit_field(host(ip)), 'UTF8'
    )), 'hex')
$$;

CREATE FUNCTION audit_actor_hash(salt uuid, user_id integer, ip_hash text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(
        audit_field(salt::text) || audit_field(user_id::text) || audit_field(ip_hash), 'UTF8'
    )), 'hex')
$$;
"""
DROP_HASHES = """
DROP FUNCTION audit_actor_hash(uuid, integer, text);
DROP FUNCTION audit_ip_hash(uuid, inet);
"""

RECEIVE = """
CREATE OR REPLACE FUNCTION audit_receive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.action = 'audit.pruned' AND NOT pg_has_role(
        current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE'
    ) THEN
        RAISE EXCEPTION 'only the owner signs entries off' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.salt := coalesce(NEW.salt, gen_random_uuid());
    NEW.ip_salt := CASE WHEN NEW.ip IS NOT NULL THEN gen_random_uuid() END;
    NEW.ip_hash := CASE WHEN NEW.ip IS NOT NULL THEN audit_ip_hash(NEW.ip_salt, NEW.ip) END;
    NEW.actor_hash := audit_actor_hash(NEW.salt, NEW.user_id, NEW.ip_hash::text);
    NEW.chain_no := NULL;
    NEW.hash := NULL;
    RETURN NEW;
END
$$;
"""
RECEIVE_BEFORE = """
CREATE OR REPLACE FUNCTION audit_receive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.salt := coalesce(NEW.salt, gen_random_uuid());
    NEW.actor_hash := audit_actor_hash(NEW.salt, NEW.user_id, NEW.ip);
    NEW.chain_no := NULL;
    NEW.hash := NULL;
    RETURN NEW;
END
$$;
"""

GUARD = """
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
    ELSIF TG_OP = 'UPDATE' AND (
        OLD.user_id IS NOT NULL AND NEW.user_id IS NULL
        OR OLD.ip IS NOT NULL AND OLD.ip_hash IS NULL AND NEW.ip IS NULL
    ) THEN
        allowed.user_id := NULL;
        allowed.ip := NULL;
        allowed.salt := NULL;
        allowed.ip_salt := NULL;
        NEW.user_id := NULL;
        NEW.ip := NULL;
        NEW.salt := NULL;
        NEW.ip_salt := NULL;
    ELSIF TG_OP = 'UPDATE' AND OLD.ip IS NOT NULL AND NEW.ip IS NULL THEN
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
"""
GUARD_BEFORE = """
CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""

# As audit.retention declares the setting; the application may ask, but not say how old.
FORGET = """
CREATE FUNCTION audit_forget_addresses(at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stored text := (SELECT value FROM systemconfig WHERE key = 'audit.keep_addresses_days');
    days integer := CASE WHEN stored ~ '^[0-9]{1,4}$' THEN stored::integer END;
    removed integer;
BEGIN
    IF days IS NULL OR days NOT BETWEEN 1 AND 3650 THEN
        days := 90;
    END IF;
    WITH old AS (
        SELECT log_id FROM auditlogs
         WHERE ip IS NOT NULL AND timestamp < statement_timestamp() - make_interval(days => days)
         ORDER BY timestamp LIMIT at_most FOR UPDATE SKIP LOCKED
    )
    UPDATE auditlogs SET ip = NULL FROM old WHERE auditlogs.log_id = old.log_id;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
"""
DROP_FORGET = "DROP FUNCTION audit_forget_addresses(integer)"


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_append_only_hash_chain")]

    operations = [
        migrations.AddField(
            model_name="auditlog",
            name="ip_hash",
            field=models.CharField(blank=True, max_length=64, null=True),
        ),
        migrations.AddField(
            model_name="auditlog",
            name="ip_salt",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.RunSQL(HASHES, DROP_HASHES),
        migrations.RunSQL(RECEIVE, RECEIVE_BEFORE),
        migrations.RunSQL(GUARD, GUARD_BEFORE),
        migrations.RunSQL(FORGET, DROP_FORGET),
    ]
