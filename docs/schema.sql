-- Generated from the migrations, as PostgreSQL 15 dumps them.

CREATE SCHEMA public;

CREATE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
                DECLARE
                    _pgtrigger_ignore TEXT[];
                    _result BOOLEAN;
                BEGIN
                    BEGIN
                        SELECT INTO _pgtrigger_ignore
                            CURRENT_SETTING('pgtrigger.ignore');
                        EXCEPTION WHEN OTHERS THEN
                    END;
                    IF _pgtrigger_ignore IS NOT NULL THEN
                        SELECT trigger_name = ANY(_pgtrigger_ignore)
                        INTO _result;
                        RETURN _result;
                    ELSE
                        RETURN FALSE;
                    END IF;
                END;
            $$;

CREATE FUNCTION public.accounts_default_roles_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the role % stays', OLD.role_name
        USING ERRCODE = 'check_violation', CONSTRAINT = 'roles_defaults_stay';
END
$$;

CREATE FUNCTION public.accounts_last_admin_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.accounts_leave_a_witness() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM audit_erase(OLD.user_id);
    RETURN OLD;
END
$$;

CREATE FUNCTION public.audit_actor_hash(salt uuid, user_id integer, ip inet) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT encode(sha256(convert_to(
        audit_field(salt::text) || audit_field(user_id::text) || audit_field(host(ip)), 'UTF8'
    )), 'hex')
$$;

CREATE FUNCTION public.audit_actor_hash(salt uuid, user_id integer, ip_hash text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT encode(sha256(convert_to(
        audit_field(salt::text) || audit_field(user_id::text) || audit_field(ip_hash), 'UTF8'
    )), 'hex')
$$;

CREATE TABLE public.auditlogs (
    log_id integer NOT NULL,
    action character varying(255) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    details text,
    subject_type character varying(100),
    subject_id character varying(100),
    ip inet,
    salt uuid DEFAULT gen_random_uuid(),
    chain_no bigint,
    actor_hash character varying(64),
    hash character varying(64),
    user_id integer,
    ip_hash character varying(64),
    ip_salt uuid,
    erased_by integer
);

CREATE FUNCTION public.audit_entry_hash(previous text, entry public.auditlogs) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT encode(sha256(convert_to(
        audit_field(previous) || audit_field(entry.log_id::text) || audit_field(entry.action)
        || audit_field(entry.subject_type) || audit_field(entry.subject_id)
        || audit_field(to_char(entry.timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'))
        || audit_field(entry.details) || audit_field(entry.actor_hash), 'UTF8'
    )), 'hex')
$$;

CREATE FUNCTION public.audit_erase(erased integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT audit_let_go(
        ARRAY(SELECT log_id FROM auditlogs WHERE user_id = erased ORDER BY log_id), erased
    )
$$;

CREATE FUNCTION public.audit_field(value text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(octet_length(value) || ':' || value, '-')
$$;

CREATE FUNCTION public.audit_forget_addresses(at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
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
$_$;

CREATE FUNCTION public.audit_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.audit_guard_whole() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.audit_ip_hash(salt uuid, ip inet) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT encode(sha256(convert_to(
        audit_field(salt::text) || audit_field(host(ip)), 'UTF8'
    )), 'hex')
$$;

CREATE FUNCTION public.audit_let_go(ids integer[], erased integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.audit_receive() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.audit_seal(at_most integer, OUT sealed integer, OUT head bigint, OUT head_hash text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.centers_postcode_with_key() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    ALTER TABLE centers_postcode ADD CONSTRAINT centers_postcode_pkey PRIMARY KEY (postcode);
END
$$;

CREATE FUNCTION public.centers_postcode_without_key() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    LOCK TABLE centers_postcode IN ACCESS EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM centers_postcode) THEN
        RAISE EXCEPTION 'centers_postcode holds rows and keeps its key';
    END IF;
    ALTER TABLE centers_postcode DROP CONSTRAINT centers_postcode_pkey;
END
$$;

CREATE FUNCTION public.end_of_quiet_hours(moment timestamp with time zone, quiet_from time without time zone, quiet_until time without time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    clock timestamp := moment AT TIME ZONE 'Europe/London';
    overnight boolean := quiet_from > quiet_until;
    ends timestamp := clock::date + quiet_until;
BEGIN
    IF quiet_from IS NULL OR quiet_until IS NULL OR quiet_from = quiet_until THEN
        RETURN NULL;
    ELSIF overnight AND clock::time >= quiet_from THEN
        RETURN (ends + interval '1 day') AT TIME ZONE 'Europe/London';
    ELSIF clock::time < quiet_until AND (overnight OR clock::time >= quiet_from) THEN
        RETURN ends AT TIME ZONE 'Europe/London';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.pgtrigger_touch_updated_at_68d13() RETURNS trigger
    LANGUAGE plpgsql
    AS $$

                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    NEW.updated_at = statement_timestamp(); RETURN NEW;
                END;
            $$;

CREATE FUNCTION public.pgtrigger_touch_updated_at_9bb9e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$

                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    NEW.updated_at = statement_timestamp(); RETURN NEW;
                END;
            $$;

CREATE FUNCTION public.pgtrigger_touch_updated_at_e086e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$

                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    NEW.updated_at = statement_timestamp(); RETURN NEW;
                END;
            $$;

CREATE FUNCTION public.pgtrigger_touch_updated_at_e7717() RETURNS trigger
    LANGUAGE plpgsql
    AS $$

                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    NEW.updated_at = statement_timestamp(); RETURN NEW;
                END;
            $$;

CREATE FUNCTION public.reach_center_turn() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF reach_is_later(1) THEN
        PERFORM set_config('centers.followed_later', 'on', true);
    ELSE
        PERFORM reach_take_turn(alone => true);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.reach_computed() RETURNS TABLE(center_id integer, search_id integer, miles double precision, search_location public.geography, is_chosen boolean)
    LANGUAGE sql STABLE
    AS $$
    SELECT center.center_id, search.preference_id,
           ST_Distance(center.location, search.location) / 1609.344,
           search.location, false
      FROM userpreferences search
      JOIN dvsa_test_centers center
        ON ST_DWithin(center.location, search.location,
                      search.notification_radius * 1609.344 + 0.000001)
     WHERE search.is_active AND center.is_active
       AND NOT EXISTS (SELECT FROM userpreferences_centers chosen
                        WHERE chosen.search_id = search.preference_id)
    UNION ALL
    SELECT center.center_id, search.preference_id,
           ST_Distance(center.location, search.location) / 1609.344,
           search.location, true
      FROM userpreferences_centers chosen
      JOIN userpreferences search ON search.preference_id = chosen.search_id
      JOIN dvsa_test_centers center ON center.center_id = chosen.center_id
     WHERE search.is_active AND center.is_active
$$;

CREATE FUNCTION public.reach_follow_centers() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_refresh_centers(array_agg(center_id)) FROM written;
    RETURN NULL;
END $$;

CREATE FUNCTION public.reach_follow_changed_centers() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_refresh_centers(array_agg(DISTINCT center_id)) FROM (
        (SELECT center_id, location, is_active FROM earlier
         EXCEPT SELECT center_id, location, is_active FROM written)
        UNION ALL
        (SELECT center_id, location, is_active FROM written
         EXCEPT SELECT center_id, location, is_active FROM earlier)
    ) differing HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION public.reach_follow_changed_chosen() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_refresh_choosers(array_agg(search_id)) FROM (
        SELECT search_id FROM earlier UNION SELECT search_id FROM written
    ) either;
    RETURN NULL;
END $$;

CREATE FUNCTION public.reach_follow_changed_searches() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_refresh_searches(array_agg(DISTINCT preference_id)) FROM (
        (SELECT preference_id, location, notification_radius, is_active FROM earlier
         EXCEPT SELECT preference_id, location, notification_radius, is_active FROM written)
        UNION ALL
        (SELECT preference_id, location, notification_radius, is_active FROM written
         EXCEPT SELECT preference_id, location, notification_radius, is_active FROM earlier)
    ) differing HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION public.reach_follow_chosen() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_refresh_choosers(array_agg(DISTINCT search_id)) FROM written;
    RETURN NULL;
END $$;

CREATE FUNCTION public.reach_follow_searches() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_refresh_searches(array_agg(preference_id)) FROM written;
    RETURN NULL;
END $$;

CREATE FUNCTION public.reach_follow_truncate() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_rebuild();
    RETURN NULL;
END $$;

CREATE FUNCTION public.reach_is_later(centers bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF current_setting('centers.followed_later', true) = 'on' THEN
        RETURN true;
    END IF;
    RETURN reach_is_much(centers);
END $$;

CREATE FUNCTION public.reach_is_much(centers bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT centers * count(*) > 100000
      FROM (SELECT FROM userpreferences WHERE is_active
             LIMIT 100000 / greatest(centers, 1) + 1) counted
$$;

CREATE FUNCTION public.reach_of_centers(ids integer[]) RETURNS TABLE(center_id integer, search_id integer, miles double precision)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
DECLARE
    center record;
    widest double precision := (
        SELECT max(notification_radius) * 1609.344 + 1 FROM userpreferences WHERE is_active);
BEGIN
    FOR center IN
        SELECT center_id, location FROM dvsa_test_centers WHERE center_id = ANY (ids) AND is_active
    LOOP
        RETURN QUERY
        SELECT computed.center_id, computed.search_id, computed.miles
          FROM reach_computed() computed
         WHERE computed.center_id = center.center_id
           AND (computed.is_chosen
                OR ST_DWithin(computed.search_location, center.location, widest));
    END LOOP;
END $$;

CREATE FUNCTION public.reach_rebuild(OUT removed bigint, OUT written bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_take_turn(alone => true);
    WITH computed AS MATERIALIZED (
        SELECT center_id, search_id, miles FROM reach_computed()
    ), excess AS (
        DELETE FROM alerts_reach kept
         WHERE NOT EXISTS (SELECT FROM computed
                            WHERE computed.center_id = kept.center_id
                              AND computed.search_id = kept.search_id)
        RETURNING 1
    ), missing AS (
        INSERT INTO alerts_reach (center_id, search_id, miles)
        SELECT center_id, search_id, miles FROM computed
         WHERE NOT EXISTS (SELECT FROM alerts_reach kept
                            WHERE kept.center_id = computed.center_id
                              AND kept.search_id = computed.search_id
                              AND kept.miles IS NOT DISTINCT FROM computed.miles)
            ON CONFLICT (center_id, search_id) DO UPDATE SET miles = excluded.miles
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM excess), (SELECT count(*) FROM missing) INTO removed, written;
END $$;

CREATE FUNCTION public.reach_refresh_centers(ids integer[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF reach_is_later(cardinality(ids)) THEN
        INSERT INTO alerts_pendingreach (center_id) SELECT unnest(ids);
        RETURN;
    END IF;
    DELETE FROM alerts_reach WHERE center_id = ANY (ids);
    INSERT INTO alerts_reach (center_id, search_id, miles)
    SELECT center_id, search_id, miles FROM reach_of_centers(ids)
        ON CONFLICT (center_id, search_id) DO UPDATE SET miles = excluded.miles;
END $$;

CREATE FUNCTION public.reach_refresh_choosers(ids integer[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM userpreferences
      WHERE preference_id = ANY (ids) ORDER BY preference_id FOR NO KEY UPDATE;
    UPDATE userpreferences SET updated_at = statement_timestamp()
     WHERE preference_id = ANY (ids);
    PERFORM reach_refresh_searches(ids);
END $$;

CREATE FUNCTION public.reach_refresh_searches(ids integer[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM alerts_reach WHERE search_id = ANY (ids);
    INSERT INTO alerts_reach (center_id, search_id, miles)
    SELECT computed.center_id, computed.search_id, computed.miles
      FROM reach_computed() computed WHERE computed.search_id = ANY (ids)
        ON CONFLICT (center_id, search_id) DO UPDATE SET miles = excluded.miles;
END $$;

CREATE FUNCTION public.reach_settle(most integer, OUT searches bigint, OUT pending bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    SET lock_timeout TO '200ms'
    SET jit TO 'off'
    AS $$
DECLARE
    low integer;
    high integer;
    ahead integer;
    rows integer[];
    centers integer[];
BEGIN
    PERFORM reach_take_turn(alone => true);
    SELECT done_to, array_agg(id), array_agg(DISTINCT center_id) INTO low, rows, centers
      FROM alerts_pendingreach GROUP BY done_to ORDER BY done_to LIMIT 1;
    SELECT min(done_to) INTO ahead FROM alerts_pendingreach WHERE done_to > low;
    SELECT count(*), max(preference_id) INTO searches, high FROM (
        SELECT preference_id FROM userpreferences
         WHERE preference_id > low AND (ahead IS NULL OR preference_id <= ahead)
         ORDER BY preference_id LIMIT most
    ) following;
    IF searches > 0 THEN
        PERFORM reach_settle_searches(low, high, centers);
    END IF;
    IF searches < most AND ahead IS NULL THEN
        DELETE FROM alerts_pendingreach WHERE id = ANY (rows);
    ELSE
        UPDATE alerts_pendingreach SET done_to = coalesce(high, ahead) WHERE id = ANY (rows);
    END IF;
    SELECT count(*) INTO pending FROM alerts_pendingreach;
END $$;

CREATE FUNCTION public.reach_settle_searches(low integer, high integer, centers integer[]) RETURNS void
    LANGUAGE sql
    AS $$
    WITH computed AS MATERIALIZED (
        SELECT center_id, search_id, miles FROM reach_computed()
         WHERE search_id > low AND search_id <= high AND center_id = ANY (centers)
    ), excess AS (
        DELETE FROM alerts_reach kept
         WHERE kept.search_id > low AND kept.search_id <= high AND kept.center_id = ANY (centers)
           AND NOT EXISTS (SELECT FROM computed
                            WHERE computed.center_id = kept.center_id
                              AND computed.search_id = kept.search_id)
    )
    INSERT INTO alerts_reach AS kept (center_id, search_id, miles)
    SELECT center_id, search_id, miles FROM computed
        ON CONFLICT (center_id, search_id) DO UPDATE SET miles = excluded.miles
     WHERE kept.miles IS DISTINCT FROM excluded.miles
$$;

CREATE FUNCTION public.reach_take_turn(alone boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'searches and centres are written at isolation level READ COMMITTED'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    IF alone THEN
        PERFORM pg_advisory_xact_lock(353349223240);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(353349223240);
    END IF;
END $$;

CREATE FUNCTION public.reach_turn() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    PERFORM reach_take_turn(TG_ARGV[0] = 'alone');
    RETURN NULL;
END $$;

CREATE FUNCTION public.search_tells_until(date_to date, current_test_date date, min_days_earlier smallint, weekdays smallint[], min_notice_days smallint, excluded_dates datemultirange DEFAULT NULL::datemultirange) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    WITH ends AS (
        SELECT least(date_to, current_test_date - greatest(min_days_earlier, 1)::integer) AS day
    ), candidate AS (
        SELECT day FROM ends
        UNION ALL
        SELECT lower(excluded) - 1 FROM unnest(excluded_dates) excluded JOIN ends
            ON lower(excluded) <= ends.day
    )
    SELECT max(candidate.day - back) - coalesce(min_notice_days, 0)::integer
      FROM candidate CROSS JOIN generate_series(0, 6) back
     WHERE (coalesce(cardinality(weekdays), 0) = 0
            OR extract(isodow FROM candidate.day - back) = ANY (weekdays))
       AND NOT coalesce(candidate.day - back <@ excluded_dates, false)
$$;

CREATE FUNCTION public.slot_start(day date, clock time without time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT CASE
        WHEN (day + clock) AT TIME ZONE 'Europe/London' AT TIME ZONE 'Europe/London' = day + clock
        THEN LEAST(
            (day + clock) AT TIME ZONE 'Europe/London',
            (day + clock - interval '1 hour') AT TIME ZONE 'Europe/London' + interval '1 hour')
        ELSE date_trunc('hour', day + clock) AT TIME ZONE 'Europe/London'
    END
$$;

CREATE FUNCTION public.slots_mark_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    INSERT INTO slots_listingchange (transaction) VALUES (pg_current_xact_id()::text::bigint);
    DELETE FROM slots_listingchange WHERE id IN (
        SELECT id FROM slots_listingchange
         WHERE at < statement_timestamp() - interval '1 minute'
         ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
    );
    RETURN NULL;
END $$;

CREATE FUNCTION public.users_follow_addresses() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM users_verify_email(OLD.user_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM users_verify_email(NEW.user_id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.users_verify_email(written integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM users WHERE user_id = written FOR NO KEY UPDATE;
    UPDATE users SET email_verified = NOT email_verified
     WHERE user_id = written AND email_verified <> EXISTS (
           SELECT FROM account_emailaddress address
            WHERE address.user_id = written AND address."primary" AND address.verified);
END $$;

CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id integer NOT NULL,
    CONSTRAINT emailaddress_plain CHECK (((email)::text ~ '^(?=.{1,254}$)[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$'::text))
);

ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);

ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_booking (
    id integer NOT NULL,
    test_type character varying(50) NOT NULL,
    date date,
    "time" time without time zone,
    changes_used smallint,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    center_id integer,
    first_center_id integer,
    user_id integer NOT NULL,
    CONSTRAINT accounts_booking_changes_used_check CHECK ((changes_used >= 0)),
    CONSTRAINT booking_test_type CHECK (((test_type)::text = ANY ((ARRAY['practical'::character varying, 'theory'::character varying])::text[])))
);

ALTER TABLE public.accounts_booking ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_booking_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_outboxmail (
    id bigint NOT NULL,
    "to" character varying(255) NOT NULL,
    kind character varying(100) NOT NULL,
    is_awaited boolean DEFAULT false NOT NULL,
    subject text,
    text text,
    html text,
    headers jsonb,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    state character varying(10) DEFAULT 'pending'::character varying NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    token uuid,
    attempts smallint DEFAULT 0 NOT NULL,
    in_doubt smallint DEFAULT 0 NOT NULL,
    message_id uuid DEFAULT gen_random_uuid() NOT NULL,
    last_error character varying(500),
    fault character varying(10),
    accepted_at timestamp with time zone,
    user_id integer,
    not_before timestamp with time zone,
    CONSTRAINT outbox_mail_accepted_at CHECK ((((accepted_at IS NOT NULL) AND ((state)::text = 'accepted'::text)) OR ((NOT ((state)::text = 'accepted'::text)) AND (accepted_at IS NULL)))),
    CONSTRAINT outbox_mail_fault CHECK (((fault)::text = ANY ((ARRAY['address'::character varying, 'mailbox'::character varying, 'us'::character varying, 'unsaid'::character varying, 'message'::character varying])::text[]))),
    CONSTRAINT outbox_mail_held_while_sending CHECK (((((state)::text = 'sending'::text) AND (token IS NOT NULL)) OR ((NOT ((state)::text = 'sending'::text)) AND (token IS NULL)))),
    CONSTRAINT outbox_mail_says_nothing_once_it_ended CHECK (((((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying])::text[])) AND (subject IS NOT NULL) AND (text IS NOT NULL)) OR ((headers IS NULL) AND (html IS NULL) AND (subject IS NULL) AND (text IS NULL)))),
    CONSTRAINT outbox_mail_state CHECK ((((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying])::text[])) OR ((state)::text = ANY ((ARRAY['accepted'::character varying, 'expired'::character varying, 'suppressed'::character varying, 'failed'::character varying])::text[]))))
);

ALTER TABLE public.accounts_outboxmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_outboxmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE public.accounts_requestwindow (
    key character varying(100) NOT NULL COLLATE pg_catalog."C",
    ends_at timestamp with time zone NOT NULL,
    count integer NOT NULL
);

CREATE TABLE public.accounts_staffalarm (
    id bigint NOT NULL,
    subject character varying(200) NOT NULL,
    sentence text NOT NULL,
    path character varying(200),
    raised_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    claimed_at timestamp with time zone,
    mailed_at timestamp with time zone
);

ALTER TABLE public.accounts_staffalarm ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_staffalarm_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_trywindow (
    key character varying(100) NOT NULL COLLATE pg_catalog."C",
    ends_at timestamp with time zone NOT NULL,
    count integer NOT NULL
);

CREATE TABLE public.alerts_barerefusal (
    id bigint NOT NULL,
    address character varying(255) NOT NULL,
    day date NOT NULL,
    reason character varying(500) NOT NULL,
    refused_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    while_others_went boolean DEFAULT false NOT NULL,
    user_id integer NOT NULL
);

ALTER TABLE public.alerts_barerefusal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_barerefusal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_breaker (
    provider character varying(255) NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    open_until timestamp with time zone,
    last_error character varying(500),
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);

CREATE TABLE public.alerts_companion (
    id bigint NOT NULL,
    user_id integer NOT NULL,
    place smallint NOT NULL,
    email character varying(255) NOT NULL,
    learner_name character varying(40) NOT NULL,
    named_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    confirmed_at timestamp with time zone,
    ended_at timestamp with time zone,
    end_reason character varying(10),
    CONSTRAINT companion_end CHECK ((((end_reason IS NULL) AND (ended_at IS NULL)) OR (((end_reason)::text = ANY ((ARRAY['taken_back'::character varying, 'stopped'::character varying, 'refused'::character varying])::text[])) AND (ended_at IS NOT NULL)))),
    CONSTRAINT companion_learner_name CHECK (((learner_name)::text ~ '^[^0-9@:/.<>]{1,40}$'::text)),
    CONSTRAINT companion_place CHECK (((place >= 1) AND (place <= 3)))
);

ALTER TABLE public.alerts_companion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_companion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_delivery (
    id bigint NOT NULL,
    channel character varying(10) NOT NULL,
    provider character varying(255) NOT NULL,
    state character varying(10) DEFAULT 'pending'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    lease_token uuid,
    starts smallint DEFAULT 0 NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    in_doubt smallint DEFAULT 0 NOT NULL,
    message_id uuid DEFAULT gen_random_uuid() NOT NULL,
    counted bigint[],
    last_error character varying(500),
    reason character varying(100),
    accepted_at timestamp with time zone,
    notification_id bigint NOT NULL,
    subscription_id bigint,
    fault character varying(10),
    refused_since timestamp with time zone,
    companion_id bigint,
    webhook_id bigint,
    CONSTRAINT delivery_accepted_at CHECK ((((accepted_at IS NOT NULL) AND ((state)::text = 'accepted'::text)) OR ((NOT ((state)::text = 'accepted'::text)) AND (accepted_at IS NULL)))),
    CONSTRAINT delivery_channel CHECK (((channel)::text = ANY ((ARRAY['email'::character varying, 'push'::character varying, 'companion'::character varying, 'webhook'::character varying])::text[]))),
    CONSTRAINT delivery_fault CHECK (((fault)::text = ANY ((ARRAY['address'::character varying, 'mailbox'::character varying, 'us'::character varying, 'unsaid'::character varying, 'message'::character varying])::text[]))),
    CONSTRAINT delivery_leased_while_held CHECK ((((lease_token IS NOT NULL) AND (lease_until IS NOT NULL) AND ((state)::text = ANY ((ARRAY['claimed'::character varying, 'sending'::character varying])::text[]))) OR ((NOT ((state)::text = ANY ((ARRAY['claimed'::character varying, 'sending'::character varying])::text[]))) AND (lease_token IS NULL) AND (lease_until IS NULL)))),
    CONSTRAINT delivery_reason CHECK ((((reason)::text = ANY ((ARRAY['told_enough'::character varying, 'over_limit'::character varying, 'slot_closed'::character varying, 'search_deleted'::character varying, 'search_ended'::character varying, 'search_paused'::character varying, 'search_changed'::character varying, 'not_bookable'::character varying, 'account_disabled'::character varying, 'address_refuses'::character varying, 'refused'::character varying, 'retries_used_up'::character varying, 'not_made'::character varying, 'maybe_sent'::character varying, 'mailed_instead'::character varying, 'none_open'::character varying, 'none_left'::character varying, 'device_ended'::character varying, 'device_removed'::character varying, 'companion_ended'::character varying, 'webhook_ended'::character varying])::text[])) OR ((reason)::text ~~ '% %'::text))),
    CONSTRAINT delivery_state CHECK ((((state)::text = ANY ((ARRAY['pending'::character varying, 'claimed'::character varying, 'sending'::character varying, 'retry'::character varying])::text[])) OR ((state)::text = ANY ((ARRAY['accepted'::character varying, 'expired'::character varying, 'suppressed'::character varying, 'failed'::character varying])::text[])))),
    CONSTRAINT delivery_target CHECK (((((channel)::text = 'push'::text) AND (companion_id IS NULL) AND (subscription_id IS NOT NULL) AND (webhook_id IS NULL)) OR (((channel)::text = 'email'::text) AND (companion_id IS NULL) AND (subscription_id IS NULL) AND (webhook_id IS NULL)) OR (((channel)::text = 'companion'::text) AND (companion_id IS NOT NULL) AND (subscription_id IS NULL) AND (webhook_id IS NULL)) OR (((channel)::text = 'webhook'::text) AND (companion_id IS NULL) AND (subscription_id IS NULL) AND (webhook_id IS NOT NULL))))
);

ALTER TABLE public.alerts_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_mailrefusal (
    id integer NOT NULL,
    address character varying(255) NOT NULL,
    reason character varying(500) NOT NULL,
    refused_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    user_id integer NOT NULL
);

ALTER TABLE public.alerts_mailrefusal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_mailrefusal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_notification (
    id bigint NOT NULL,
    method character varying(50) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    due_at timestamp with time zone NOT NULL,
    user_id integer NOT NULL,
    also_email boolean DEFAULT false NOT NULL,
    is_last_today boolean DEFAULT false NOT NULL,
    CONSTRAINT notification_method CHECK (((method)::text = ANY ((ARRAY['email'::character varying, 'push'::character varying])::text[])))
);

ALTER TABLE public.alerts_notification ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_pendingreach (
    id integer NOT NULL,
    done_to integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    center_id integer NOT NULL
);

ALTER TABLE public.alerts_pendingreach ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_pendingreach_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_pushsubscription (
    id bigint NOT NULL,
    endpoint character varying(1000) NOT NULL,
    p256dh character varying(100) NOT NULL,
    auth character varying(50) NOT NULL,
    label character varying(100),
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    end_reason character varying(100),
    user_id integer NOT NULL,
    rests_until timestamp with time zone,
    refused_with smallint,
    refused_at timestamp with time zone,
    refusals smallint DEFAULT 0 NOT NULL,
    vapid_key character varying(100),
    CONSTRAINT push_endpoint_is_https CHECK (((endpoint)::text ~~ 'https://%'::text))
);

ALTER TABLE public.alerts_pushsubscription ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_pushsubscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_reach (
    miles double precision,
    center_id integer NOT NULL,
    search_id integer NOT NULL
);

CREATE TABLE public.alerts_searchending (
    id bigint NOT NULL,
    tells_until date NOT NULL,
    ended_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    state character varying(10) DEFAULT 'suppressed'::character varying NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    token uuid,
    attempts smallint DEFAULT 0 NOT NULL,
    in_doubt smallint DEFAULT 0 NOT NULL,
    message_id uuid DEFAULT gen_random_uuid() NOT NULL,
    last_error character varying(500),
    accepted_at timestamp with time zone,
    search_id integer NOT NULL,
    user_id integer NOT NULL,
    booked_for date,
    mail_id bigint,
    CONSTRAINT search_ending_accepted_at CHECK ((((accepted_at IS NOT NULL) AND ((state)::text = 'accepted'::text)) OR ((NOT ((state)::text = 'accepted'::text)) AND (accepted_at IS NULL)))),
    CONSTRAINT search_ending_held_while_sending CHECK (((((state)::text = 'sending'::text) AND (token IS NOT NULL)) OR ((NOT ((state)::text = 'sending'::text)) AND (token IS NULL)))),
    CONSTRAINT search_ending_state CHECK (((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying, 'accepted'::character varying, 'suppressed'::character varying, 'failed'::character varying])::text[])))
);

ALTER TABLE public.alerts_searchending ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_searchending_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_searchfeed (
    search_id integer NOT NULL,
    digest character varying(64) NOT NULL,
    made_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);

CREATE TABLE public.alerts_senderjournal (
    token uuid NOT NULL,
    accepted bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    on_wire bigint,
    look_until timestamp with time zone NOT NULL,
    lease_until timestamp with time zone
);

CREATE TABLE public.alerts_wave (
    id bigint NOT NULL,
    number smallint NOT NULL,
    waiting integer NOT NULL,
    told integer NOT NULL,
    told_so_far integer NOT NULL,
    last_alerts integer,
    last_lot character varying(64),
    told_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    opening_id bigint NOT NULL,
    CONSTRAINT wave_counts CHECK (((number >= 1) AND (told >= 0) AND (told_so_far >= 0)))
);

ALTER TABLE public.alerts_wave ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_wave_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alerts_webhook (
    id bigint NOT NULL,
    user_id integer NOT NULL,
    place smallint NOT NULL,
    url character varying(1000) NOT NULL,
    host character varying(255) NOT NULL,
    secret character varying(255) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    failures smallint DEFAULT 0 NOT NULL,
    failing_since timestamp with time zone,
    ended_at timestamp with time zone,
    end_reason character varying(10),
    CONSTRAINT webhook_end CHECK ((((end_reason IS NULL) AND (ended_at IS NULL)) OR (((end_reason)::text = ANY ((ARRAY['removed'::character varying, 'gone'::character varying, 'failing'::character varying])::text[])) AND (ended_at IS NOT NULL)))),
    CONSTRAINT webhook_failing CHECK ((((failing_since IS NULL) AND (failures = 0)) OR ((failing_since IS NOT NULL) AND (failures > 0)))),
    CONSTRAINT webhook_is_https CHECK (((url)::text ~~ 'https://%'::text)),
    CONSTRAINT webhook_place CHECK (((place >= 1) AND (place <= 3)))
);

ALTER TABLE public.alerts_webhook ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_webhook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.auditlogs ALTER COLUMN log_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auditlogs_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);

ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group_permissions (
    id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);

ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.cache (
    cache_key character varying(255) NOT NULL,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);

CREATE TABLE public.centers_centeralias (
    id integer NOT NULL,
    alias character varying(255) NOT NULL,
    folded character varying(255) NOT NULL,
    center_id integer NOT NULL
);

ALTER TABLE public.centers_centeralias ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.centers_centeralias_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.centers_nearestcenter (
    id integer NOT NULL,
    rank smallint NOT NULL,
    center_id integer NOT NULL,
    other_id integer NOT NULL,
    CONSTRAINT centers_nearestcenter_rank_check CHECK ((rank >= 0)),
    CONSTRAINT nearest_center_is_another CHECK ((NOT (center_id = other_id))),
    CONSTRAINT nearest_center_rank_from_one CHECK ((rank >= 1))
);

ALTER TABLE public.centers_nearestcenter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.centers_nearestcenter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.centers_postcode (
    postcode character varying(8) NOT NULL COLLATE pg_catalog."C",
    latitude double precision,
    longitude double precision,
    ended character varying(6),
    nation character varying(3),
    CONSTRAINT postcode_in_britain CHECK ((((latitude IS NULL) AND (longitude IS NULL)) OR ((latitude IS NOT NULL) AND (longitude IS NOT NULL) AND (latitude >= (49.0)::double precision) AND (latitude <= (61.0)::double precision) AND (longitude >= ('-9.0'::numeric)::double precision) AND (longitude <= (2.0)::double precision)))),
    CONSTRAINT postcode_nation CHECK (((nation)::text = ANY ((ARRAY['ENG'::character varying, 'SCT'::character varying, 'WLS'::character varying])::text[])))
);

CREATE TABLE public.centers_postcodearea (
    id integer NOT NULL,
    kind character varying(7) NOT NULL,
    area character varying(6) NOT NULL COLLATE pg_catalog."C",
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    CONSTRAINT postcode_area_kind CHECK (((kind)::text = ANY ((ARRAY['sector'::character varying, 'outcode'::character varying])::text[])))
);

ALTER TABLE public.centers_postcodearea ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.centers_postcodearea_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.centers_rule (
    id integer NOT NULL,
    key character varying(30) NOT NULL,
    since date,
    holds boolean DEFAULT true NOT NULL,
    value numeric(6,2),
    source character varying(300) NOT NULL,
    certainty character varying(6) NOT NULL,
    CONSTRAINT rule_certainty CHECK (((certainty)::text = ANY ((ARRAY['high'::character varying, 'medium'::character varying, 'low'::character varying])::text[]))),
    CONSTRAINT rule_has_its_number CHECK (((NOT holds) OR (value IS NOT NULL) OR ((key)::text = ANY ((ARRAY['learner_books'::character varying, 'moved_by_dvsa'::character varying, 'holidays'::character varying])::text[])))),
    CONSTRAINT rule_key CHECK (((key)::text = ANY ((ARRAY['learner_books'::character varying, 'changes'::character varying, 'moved_by_dvsa'::character varying, 'nearest_centers'::character varying, 'notice_practical'::character varying, 'notice_theory'::character varying, 'holidays'::character varying, 'retake_wait'::character varying, 'theory_pass'::character varying, 'fee'::character varying, 'fee_evening'::character varying, 'fee_theory'::character varying, 'unusual_activity'::character varying])::text[]))),
    CONSTRAINT rule_value_in_bounds CHECK (((value IS NULL) OR ((value >= (0)::numeric) AND ((value <= (100)::numeric) OR ((key)::text ~~ 'fee%'::text)))))
);

ALTER TABLE public.centers_rule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.centers_rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id integer NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);

ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_migrations (
    id integer NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);

CREATE TABLE public.drivingtestslots (
    slot_id integer NOT NULL,
    test_type character varying(50) NOT NULL,
    date date NOT NULL,
    "time" time without time zone NOT NULL,
    available boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp(),
    last_seen_at timestamp with time zone,
    center_id integer NOT NULL,
    source_id integer,
    withheld_at timestamp with time zone,
    CONSTRAINT slots_test_type CHECK (((test_type)::text = ANY ((ARRAY['practical'::character varying, 'theory'::character varying])::text[])))
)
WITH (fillfactor='70');

ALTER TABLE public.drivingtestslots ALTER COLUMN slot_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.drivingtestslots_slot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.dvsa_alerts_cacheentry (
    key character varying(255) NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL,
    expires_at timestamp with time zone
);

CREATE TABLE public.dvsa_alerts_heartbeat (
    queue character varying(50) NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);

CREATE TABLE public.dvsa_test_centers (
    center_id integer NOT NULL,
    name character varying(255) NOT NULL,
    postcode character varying(10) NOT NULL,
    latitude numeric(9,6),
    longitude numeric(9,6),
    location public.geography(Point,4326) GENERATED ALWAYS AS ((public.st_setsrid(public.st_makepoint((longitude)::double precision, (latitude)::double precision), 4326))::public.geography(Point,4326)) STORED,
    code character varying(50),
    address text,
    town character varying(255),
    is_active boolean DEFAULT true NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    imported jsonb,
    nation character varying(3),
    CONSTRAINT centers_both_coordinates_or_neither CHECK ((((latitude IS NULL) AND (longitude IS NULL)) OR ((latitude IS NOT NULL) AND (longitude IS NOT NULL)))),
    CONSTRAINT centers_latitude_in_britain CHECK (((latitude >= (49)::numeric) AND (latitude <= (61)::numeric))),
    CONSTRAINT centers_longitude_in_britain CHECK (((longitude >= ('-9'::integer)::numeric) AND (longitude <= (2)::numeric))),
    CONSTRAINT centers_nation CHECK (((nation)::text = ANY ((ARRAY['ENG'::character varying, 'SCT'::character varying, 'WLS'::character varying])::text[])))
);

ALTER TABLE public.dvsa_test_centers ALTER COLUMN center_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.dvsa_test_centers_center_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.roles (
    role_id integer NOT NULL,
    role_name character varying(255) NOT NULL,
    description text
);

CREATE TABLE public.roles_offered (
    id integer NOT NULL,
    role_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.roles_offered ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.roles_offered_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.roles_permissions (
    id integer NOT NULL,
    role_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.roles_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.roles_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.roles ALTER COLUMN role_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.roles_role_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.slots_centerwait (
    center_id integer NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    since timestamp with time zone NOT NULL,
    watched_days double precision NOT NULL,
    openings integer NOT NULL,
    taken integer NOT NULL,
    median_seconds_open double precision,
    soonest_by_day jsonb NOT NULL,
    CONSTRAINT center_wait_counts CHECK (((openings >= taken) AND (taken >= 0) AND (watched_days >= (0.0)::double precision))),
    CONSTRAINT center_wait_since CHECK ((since <= measured_at))
);

CREATE TABLE public.slots_coveredweek (
    test_type character varying(50) NOT NULL,
    monday date NOT NULL,
    since timestamp with time zone NOT NULL,
    center_id integer NOT NULL,
    CONSTRAINT covered_week_monday CHECK ((EXTRACT(isodow FROM monday) = (1)::numeric)),
    CONSTRAINT covered_week_test_type CHECK (((test_type)::text = ANY ((ARRAY['practical'::character varying, 'theory'::character varying])::text[])))
);

CREATE TABLE public.slots_feedbatch (
    id bigint NOT NULL,
    sequence bigint,
    observed_at timestamp with time zone,
    recorded_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    complete boolean DEFAULT false NOT NULL,
    covers jsonb,
    digest character varying(64),
    status character varying(10) NOT NULL,
    reason text,
    opened integer DEFAULT 0 NOT NULL,
    closed integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    past integer DEFAULT 0 NOT NULL,
    rejected jsonb DEFAULT '[]'::jsonb NOT NULL,
    decided_by_id integer,
    source_id integer NOT NULL,
    known_centers integer[],
    CONSTRAINT batch_complete_covers CHECK (((NOT complete) OR (covers IS NOT NULL))),
    CONSTRAINT batch_known_unless_refused CHECK ((((status)::text = 'refused'::text) OR ((digest IS NOT NULL) AND (observed_at IS NOT NULL)))),
    CONSTRAINT batch_status CHECK (((status)::text = ANY ((ARRAY['applied'::character varying, 'baseline'::character varying, 'held'::character varying, 'dropped'::character varying, 'stale'::character varying, 'refused'::character varying])::text[])))
);

ALTER TABLE public.slots_feedbatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.slots_feedbatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.slots_heldslot (
    batch_id bigint NOT NULL,
    center_id integer NOT NULL,
    test_type character varying(50) NOT NULL,
    date date NOT NULL,
    "time" time without time zone NOT NULL
);

CREATE UNLOGGED TABLE public.slots_listingchange (
    id bigint NOT NULL,
    transaction bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);

ALTER TABLE public.slots_listingchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.slots_listingchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE public.slots_ratewindow (
    key character varying(100) NOT NULL COLLATE pg_catalog."C",
    started_at timestamp with time zone NOT NULL,
    requests integer NOT NULL
);

CREATE TABLE public.slots_slotopening (
    id bigint NOT NULL,
    episode integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    closed_at timestamp with time zone,
    close_reason character varying(10),
    quiet character varying(10),
    matched_at timestamp with time zone,
    batch_id bigint,
    slot_id integer NOT NULL,
    source_id integer,
    mass_closed boolean DEFAULT false NOT NULL,
    resumed_at timestamp with time zone,
    wave smallint,
    next_wave_at timestamp with time zone,
    seed uuid,
    reported_gone_at timestamp with time zone,
    CONSTRAINT opening_closed_with_reason CHECK ((((close_reason IS NULL) AND (closed_at IS NULL)) OR (((close_reason)::text = ANY ((ARRAY['gone'::character varying, 'passed'::character varying, 'staff'::character varying])::text[])) AND (closed_at IS NOT NULL)))),
    CONSTRAINT opening_quiet CHECK (((quiet)::text = ANY ((ARRAY['baseline'::character varying, 'returned'::character varying, 'restored'::character varying])::text[])))
);

ALTER TABLE public.slots_slotopening ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.slots_slotopening_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.slots_source (
    id integer NOT NULL,
    name character varying(100) NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_simulated boolean DEFAULT false NOT NULL,
    stale_after_minutes integer DEFAULT 60 NOT NULL,
    newest_observed_at timestamp with time zone,
    heard_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    url character varying(500),
    poll_interval_seconds integer DEFAULT 300 NOT NULL,
    next_poll_at timestamp with time zone,
    etag character varying(500),
    last_modified character varying(100),
    failures integer DEFAULT 0 NOT NULL,
    last_error text,
    silence_noticed_at timestamp with time zone,
    CONSTRAINT slots_source_failures_check CHECK ((failures >= 0)),
    CONSTRAINT slots_source_poll_interval_seconds_check CHECK ((poll_interval_seconds >= 0)),
    CONSTRAINT slots_source_stale_after_minutes_check CHECK ((stale_after_minutes >= 0))
);

ALTER TABLE public.slots_source ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.slots_source_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.slots_sourcebaseline (
    id integer NOT NULL,
    test_type character varying(50) NOT NULL,
    batch_id bigint,
    center_id integer NOT NULL,
    source_id integer NOT NULL,
    covered_since timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);

ALTER TABLE public.slots_sourcebaseline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.slots_sourcebaseline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.slots_sourcetoken (
    id integer NOT NULL,
    label character varying(100),
    digest character varying(64) NOT NULL,
    hint character varying(8) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    created_by_id integer,
    source_id integer NOT NULL
);

ALTER TABLE public.slots_sourcetoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.slots_sourcetoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.systemconfig (
    config_id integer NOT NULL,
    key character varying(255) NOT NULL,
    value text
);

ALTER TABLE public.systemconfig ALTER COLUMN config_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.systemconfig_config_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.useralerts (
    alert_id bigint NOT NULL,
    sent boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    miles double precision,
    state character varying(10),
    state_reason character varying(100),
    sent_at timestamp with time zone,
    notification_id bigint,
    opening_id bigint,
    preference_id integer,
    slot_id integer NOT NULL,
    user_id integer NOT NULL,
    wave smallint,
    answer character varying(10),
    answered_at timestamp with time zone,
    CONSTRAINT alert_answer CHECK ((((answer IS NULL) AND (answered_at IS NULL)) OR (((answer)::text = ANY ((ARRAY['gone'::character varying, 'got_it'::character varying])::text[])) AND (answered_at IS NOT NULL)))),
    CONSTRAINT alert_reason CHECK ((((state_reason)::text = ANY ((ARRAY['told_enough'::character varying, 'over_limit'::character varying, 'slot_closed'::character varying, 'search_deleted'::character varying, 'search_ended'::character varying, 'search_paused'::character varying, 'search_changed'::character varying, 'not_bookable'::character varying, 'account_disabled'::character varying, 'address_refuses'::character varying, 'refused'::character varying, 'retries_used_up'::character varying, 'not_made'::character varying, 'maybe_sent'::character varying, 'mailed_instead'::character varying, 'none_open'::character varying, 'none_left'::character varying, 'device_ended'::character varying, 'device_removed'::character varying, 'companion_ended'::character varying, 'webhook_ended'::character varying])::text[])) OR ((state_reason)::text ~~ '% %'::text))),
    CONSTRAINT alert_sent_agrees CHECK (((state IS NULL) OR (sent AND (sent_at IS NOT NULL) AND ((state)::text = 'sent'::text)) OR ((NOT (((state)::text = 'sent'::text) AND (state IS NOT NULL))) AND (NOT sent) AND (sent_at IS NULL)))),
    CONSTRAINT alert_state CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'sent'::character varying, 'expired'::character varying, 'suppressed'::character varying, 'failed'::character varying])::text[])))
);

ALTER TABLE public.useralerts ALTER COLUMN alert_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.useralerts_alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.userpreferences (
    preference_id integer NOT NULL,
    notification_radius integer DEFAULT 25 NOT NULL,
    notification_method character varying(50) NOT NULL,
    preferred_test_types jsonb,
    name character varying(100),
    postcode character varying(10),
    location public.geography(Point,4326),
    date_from date,
    date_to date,
    weekdays smallint[],
    time_from time without time zone,
    time_until time without time zone,
    current_test_date date,
    min_days_earlier smallint,
    min_notice_days smallint,
    paused_until timestamp with time zone,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    user_id integer NOT NULL,
    excluded_dates datemultirange,
    only_bookable boolean DEFAULT true NOT NULL,
    also_email boolean DEFAULT false NOT NULL,
    digest_at time without time zone,
    CONSTRAINT preferences_excluded_dates_end CHECK (((lower_inf(excluded_dates) OR upper_inf(excluded_dates)) = false)),
    CONSTRAINT preferences_method CHECK (((notification_method)::text = ANY ((ARRAY['email'::character varying, 'push'::character varying])::text[]))),
    CONSTRAINT preferences_radius_positive CHECK ((notification_radius > 0)),
    CONSTRAINT preferences_test_types_array CHECK ((jsonb_typeof(preferred_test_types) = 'array'::text)),
    CONSTRAINT preferences_test_types_known CHECK (((preferred_test_types IS NULL) OR (preferred_test_types <@ '["practical", "theory"]'::jsonb))),
    CONSTRAINT preferences_weekdays_iso CHECK ((weekdays <@ ARRAY[(1)::smallint, (2)::smallint, (3)::smallint, (4)::smallint, (5)::smallint, (6)::smallint, (7)::smallint]))
);

CREATE TABLE public.userpreferences_centers (
    id integer NOT NULL,
    center_id integer NOT NULL,
    search_id integer NOT NULL
);

ALTER TABLE public.userpreferences_centers ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.userpreferences_centers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.userpreferences ALTER COLUMN preference_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.userpreferences_preference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.users (
    last_login timestamp with time zone,
    user_id integer NOT NULL,
    email character varying(255) NOT NULL,
    password_hash character varying(255) NOT NULL,
    first_name character varying(255),
    last_name character varying(255),
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp(),
    is_active boolean DEFAULT true NOT NULL,
    quiet_from time without time zone,
    quiet_until time without time zone,
    role_id integer,
    email_verified boolean DEFAULT false NOT NULL,
    last_failed_on date,
    theory_passed_on date,
    CONSTRAINT users_email_shape CHECK (((email)::text ~* '^[^@]+@[^@]+\.[^@]+$'::text)),
    CONSTRAINT users_plain_email CHECK (((email)::text ~ '^(?=.{1,254}$)[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$'::text))
);

ALTER TABLE public.users ALTER COLUMN user_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.users_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.usersessions_usersession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip inet NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    session_key character varying(40) NOT NULL,
    user_agent character varying(200) NOT NULL,
    data jsonb NOT NULL,
    user_id integer NOT NULL
);

ALTER TABLE public.usersessions_usersession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usersessions_usersession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_booking
    ADD CONSTRAINT accounts_booking_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_outboxmail
    ADD CONSTRAINT accounts_outboxmail_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_requestwindow
    ADD CONSTRAINT accounts_requestwindow_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.accounts_staffalarm
    ADD CONSTRAINT accounts_staffalarm_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_staffalarm
    ADD CONSTRAINT accounts_staffalarm_subject_key UNIQUE (subject);

ALTER TABLE ONLY public.accounts_trywindow
    ADD CONSTRAINT accounts_trywindow_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.useralerts
    ADD CONSTRAINT alert_once_per_opening UNIQUE (user_id, opening_id);

ALTER TABLE ONLY public.alerts_barerefusal
    ADD CONSTRAINT alerts_barerefusal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_breaker
    ADD CONSTRAINT alerts_breaker_pkey PRIMARY KEY (provider);

ALTER TABLE ONLY public.alerts_companion
    ADD CONSTRAINT alerts_companion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_delivery
    ADD CONSTRAINT alerts_delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_mailrefusal
    ADD CONSTRAINT alerts_mailrefusal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_mailrefusal
    ADD CONSTRAINT alerts_mailrefusal_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.alerts_notification
    ADD CONSTRAINT alerts_notification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_pendingreach
    ADD CONSTRAINT alerts_pendingreach_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_pushsubscription
    ADD CONSTRAINT alerts_pushsubscription_endpoint_key UNIQUE (endpoint);

ALTER TABLE ONLY public.alerts_pushsubscription
    ADD CONSTRAINT alerts_pushsubscription_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_reach
    ADD CONSTRAINT alerts_reach_pkey PRIMARY KEY (center_id, search_id) INCLUDE (miles);

ALTER TABLE ONLY public.alerts_searchending
    ADD CONSTRAINT alerts_searchending_mail_id_key UNIQUE (mail_id);

ALTER TABLE ONLY public.alerts_searchending
    ADD CONSTRAINT alerts_searchending_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_searchfeed
    ADD CONSTRAINT alerts_searchfeed_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.alerts_searchfeed
    ADD CONSTRAINT alerts_searchfeed_pkey PRIMARY KEY (search_id);

ALTER TABLE ONLY public.alerts_senderjournal
    ADD CONSTRAINT alerts_senderjournal_pkey PRIMARY KEY (token);

ALTER TABLE ONLY public.alerts_wave
    ADD CONSTRAINT alerts_wave_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_webhook
    ADD CONSTRAINT alerts_webhook_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auditlogs
    ADD CONSTRAINT auditlogs_chain_no_key UNIQUE (chain_no);

ALTER TABLE ONLY public.auditlogs
    ADD CONSTRAINT auditlogs_pkey PRIMARY KEY (log_id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_barerefusal
    ADD CONSTRAINT bare_refusal_once_a_day UNIQUE (user_id, address, day);

ALTER TABLE ONLY public.slots_sourcebaseline
    ADD CONSTRAINT baseline_pair_once UNIQUE (source_id, center_id, test_type);

ALTER TABLE ONLY public.accounts_booking
    ADD CONSTRAINT booking_once UNIQUE (user_id, test_type);

ALTER TABLE ONLY public.cache
    ADD CONSTRAINT cache_pkey PRIMARY KEY (cache_key);

ALTER TABLE ONLY public.centers_centeralias
    ADD CONSTRAINT centers_centeralias_folded_key UNIQUE (folded);

ALTER TABLE ONLY public.centers_centeralias
    ADD CONSTRAINT centers_centeralias_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.centers_nearestcenter
    ADD CONSTRAINT centers_nearestcenter_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.centers_postcode
    ADD CONSTRAINT centers_postcode_pkey PRIMARY KEY (postcode);

ALTER TABLE ONLY public.centers_postcodearea
    ADD CONSTRAINT centers_postcodearea_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.centers_rule
    ADD CONSTRAINT centers_rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts_delivery
    ADD CONSTRAINT delivery_once_per_subscription UNIQUE (notification_id, subscription_id);

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);

ALTER TABLE ONLY public.drivingtestslots
    ADD CONSTRAINT drivingtestslots_pkey PRIMARY KEY (slot_id);

ALTER TABLE ONLY public.dvsa_alerts_cacheentry
    ADD CONSTRAINT dvsa_alerts_cacheentry_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.dvsa_alerts_heartbeat
    ADD CONSTRAINT dvsa_alerts_heartbeat_pkey PRIMARY KEY (queue);

ALTER TABLE ONLY public.dvsa_test_centers
    ADD CONSTRAINT dvsa_test_centers_code_key UNIQUE (code);

ALTER TABLE ONLY public.dvsa_test_centers
    ADD CONSTRAINT dvsa_test_centers_pkey PRIMARY KEY (center_id);

ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.centers_nearestcenter
    ADD CONSTRAINT nearest_center_once UNIQUE (center_id, other_id);

ALTER TABLE ONLY public.centers_nearestcenter
    ADD CONSTRAINT nearest_center_rank_once UNIQUE (center_id, rank);

ALTER TABLE ONLY public.slots_slotopening
    ADD CONSTRAINT opening_episode_once UNIQUE (slot_id, episode);

ALTER TABLE ONLY public.centers_postcodearea
    ADD CONSTRAINT postcode_area_once UNIQUE (kind, area);

ALTER TABLE ONLY public.roles_offered
    ADD CONSTRAINT roles_offered_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.roles_offered
    ADD CONSTRAINT roles_offered_role_id_permission_id_69fd2ca1_uniq UNIQUE (role_id, permission_id);

ALTER TABLE ONLY public.roles_permissions
    ADD CONSTRAINT roles_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.roles_permissions
    ADD CONSTRAINT roles_permissions_role_id_permission_id_d2305313_uniq UNIQUE (role_id, permission_id);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (role_id);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_role_name_key UNIQUE (role_name);

ALTER TABLE ONLY public.centers_rule
    ADD CONSTRAINT rule_once_a_day UNIQUE NULLS NOT DISTINCT (key, since);

ALTER TABLE ONLY public.userpreferences_centers
    ADD CONSTRAINT search_center_once UNIQUE (search_id, center_id);

ALTER TABLE ONLY public.alerts_searchending
    ADD CONSTRAINT search_ending_once_per_day UNIQUE (search_id, tells_until);

ALTER TABLE ONLY public.slots_centerwait
    ADD CONSTRAINT slots_centerwait_pkey PRIMARY KEY (center_id);

ALTER TABLE ONLY public.slots_coveredweek
    ADD CONSTRAINT slots_coveredweek_pkey PRIMARY KEY (center_id, test_type, monday);

ALTER TABLE ONLY public.slots_feedbatch
    ADD CONSTRAINT slots_feedbatch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.slots_heldslot
    ADD CONSTRAINT slots_heldslot_pkey PRIMARY KEY (batch_id, center_id, test_type, date, "time");

ALTER TABLE ONLY public.slots_listingchange
    ADD CONSTRAINT slots_listingchange_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.drivingtestslots
    ADD CONSTRAINT slots_once UNIQUE (center_id, test_type, date, "time");

ALTER TABLE ONLY public.slots_ratewindow
    ADD CONSTRAINT slots_ratewindow_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.slots_slotopening
    ADD CONSTRAINT slots_slotopening_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.slots_source
    ADD CONSTRAINT slots_source_name_key UNIQUE (name);

ALTER TABLE ONLY public.slots_source
    ADD CONSTRAINT slots_source_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.slots_sourcebaseline
    ADD CONSTRAINT slots_sourcebaseline_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.slots_sourcetoken
    ADD CONSTRAINT slots_sourcetoken_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.slots_sourcetoken
    ADD CONSTRAINT slots_sourcetoken_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.systemconfig
    ADD CONSTRAINT systemconfig_key_key UNIQUE (key);

ALTER TABLE ONLY public.systemconfig
    ADD CONSTRAINT systemconfig_pkey PRIMARY KEY (config_id);

ALTER TABLE ONLY public.useralerts
    ADD CONSTRAINT useralerts_pkey PRIMARY KEY (alert_id);

ALTER TABLE ONLY public.userpreferences_centers
    ADD CONSTRAINT userpreferences_centers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.userpreferences
    ADD CONSTRAINT userpreferences_pkey PRIMARY KEY (preference_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_session_key_key UNIQUE (session_key);

ALTER TABLE ONLY public.alerts_wave
    ADD CONSTRAINT wave_once UNIQUE (opening_id, number);

CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);

CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);

CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);

CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);

CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);

CREATE INDEX accounts_booking_center_id_18146aea ON public.accounts_booking USING btree (center_id);

CREATE INDEX accounts_booking_first_center_id_79401310 ON public.accounts_booking USING btree (first_center_id);

CREATE INDEX accounts_booking_user_id_2ea98fac ON public.accounts_booking USING btree (user_id);

CREATE INDEX accounts_outboxmail_user_id_023d4308 ON public.accounts_outboxmail USING btree (user_id);

CREATE INDEX accounts_requestwindow_key_69dc4d7e_like ON public.accounts_requestwindow USING btree (key varchar_pattern_ops);

CREATE INDEX accounts_staffalarm_subject_2a0cf702_like ON public.accounts_staffalarm USING btree (subject varchar_pattern_ops);

CREATE INDEX accounts_trywindow_key_68df2203_like ON public.accounts_trywindow USING btree (key varchar_pattern_ops);

CREATE INDEX alerts_answered ON public.useralerts USING btree (opening_id) WHERE (answer IS NOT NULL);

CREATE INDEX alerts_barerefusal_user_id_565f63f0 ON public.alerts_barerefusal USING btree (user_id);

CREATE INDEX alerts_breaker_provider_61a2af0a_like ON public.alerts_breaker USING btree (provider varchar_pattern_ops);

CREATE INDEX alerts_companion_user_id_63b73ac7 ON public.alerts_companion USING btree (user_id);

CREATE INDEX alerts_delivery_notification_id_f5bd34b0 ON public.alerts_delivery USING btree (notification_id);

CREATE INDEX alerts_delivery_subscription_id_5d10dfc4 ON public.alerts_delivery USING btree (subscription_id);

CREATE INDEX alerts_notification_user_id_6842cc7e ON public.alerts_notification USING btree (user_id);

CREATE INDEX alerts_of_a_week ON public.useralerts USING btree (user_id, created_at);

CREATE INDEX alerts_pendingreach_center_id_bf469c48 ON public.alerts_pendingreach USING btree (center_id);

CREATE INDEX alerts_pushsubscription_endpoint_726b9897_like ON public.alerts_pushsubscription USING btree (endpoint varchar_pattern_ops);

CREATE INDEX alerts_pushsubscription_user_id_54f7471d ON public.alerts_pushsubscription USING btree (user_id);

CREATE INDEX alerts_reach_search_id_f6cce0ee ON public.alerts_reach USING btree (search_id);

CREATE INDEX alerts_searchending_search_id_0d467fe2 ON public.alerts_searchending USING btree (search_id);

CREATE INDEX alerts_searchending_user_id_b3107420 ON public.alerts_searchending USING btree (user_id);

CREATE INDEX alerts_searchfeed_digest_ebfc35a9_like ON public.alerts_searchfeed USING btree (digest varchar_pattern_ops);

CREATE INDEX alerts_underway ON public.useralerts USING btree (notification_id) WHERE ((notification_id IS NOT NULL) AND ((state)::text = 'waiting'::text));

CREATE INDEX alerts_unsent ON public.useralerts USING btree (alert_id) WHERE ((state)::text = ANY ((ARRAY['suppressed'::character varying, 'failed'::character varying])::text[]));

CREATE INDEX alerts_waiting ON public.useralerts USING btree (created_at) WHERE ((notification_id IS NULL) AND ((state)::text = 'waiting'::text));

CREATE INDEX alerts_webhook_user_id_5cfe1422 ON public.alerts_webhook USING btree (user_id);

CREATE INDEX auditlogs_action ON public.auditlogs USING btree (action, log_id DESC);

CREATE INDEX auditlogs_addresses ON public.auditlogs USING btree ("timestamp") WHERE (ip IS NOT NULL);

CREATE INDEX auditlogs_signed_off ON public.auditlogs USING btree (chain_no) WHERE ((action)::text = 'audit.pruned'::text);

CREATE INDEX auditlogs_subject ON public.auditlogs USING btree (subject_type, subject_id);

CREATE INDEX auditlogs_timestamp ON public.auditlogs USING btree ("timestamp");

CREATE INDEX auditlogs_unsealed ON public.auditlogs USING btree (log_id) WHERE (chain_no IS NULL);

CREATE INDEX auditlogs_user ON public.auditlogs USING btree (user_id, log_id DESC);

CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);

CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);

CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);

CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);

CREATE UNIQUE INDEX batch_sequence_once ON public.slots_feedbatch USING btree (source_id, sequence) WHERE (NOT ((status)::text = 'refused'::text));

CREATE INDEX batches_by_source ON public.slots_feedbatch USING btree (source_id, observed_at DESC);

CREATE INDEX batches_held ON public.slots_feedbatch USING btree (source_id) WHERE ((status)::text = 'held'::text);

CREATE INDEX cache_entries_end ON public.dvsa_alerts_cacheentry USING btree (expires_at);

CREATE INDEX cache_expires ON public.cache USING btree (expires);

CREATE INDEX centers_centeralias_center_id_51b559bd ON public.centers_centeralias USING btree (center_id);

CREATE INDEX centers_centeralias_folded_1fad3da6_like ON public.centers_centeralias USING btree (folded varchar_pattern_ops);

CREATE INDEX centers_location ON public.dvsa_test_centers USING gist (location);

CREATE INDEX centers_nearestcenter_center_id_896accd4 ON public.centers_nearestcenter USING btree (center_id);

CREATE INDEX centers_nearestcenter_other_id_fdadc28e ON public.centers_nearestcenter USING btree (other_id);

CREATE UNIQUE INDEX companion_once_per_address ON public.alerts_companion USING btree (user_id, lower((email)::text)) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX companion_once_per_place ON public.alerts_companion USING btree (user_id, place) WHERE (ended_at IS NULL);

CREATE INDEX companions_by_address ON public.alerts_companion USING btree (lower((email)::text));

CREATE INDEX deliveries_due ON public.alerts_delivery USING btree (channel, next_attempt_at) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'claimed'::character varying, 'sending'::character varying, 'retry'::character varying])::text[]));

CREATE INDEX deliveries_in_doubt ON public.alerts_delivery USING btree (state) WHERE (in_doubt > 0);

CREATE INDEX deliveries_pushed ON public.alerts_delivery USING btree (provider, accepted_at) WHERE (((channel)::text = 'push'::text) AND ((state)::text = 'accepted'::text));

CREATE INDEX deliveries_to_companions ON public.alerts_delivery USING btree (id) WHERE ((channel)::text = 'companion'::text);

CREATE INDEX deliveries_to_webhooks ON public.alerts_delivery USING btree (id) WHERE ((channel)::text = 'webhook'::text);

CREATE INDEX deliveries_unsent ON public.alerts_delivery USING btree (id) WHERE ((state)::text = ANY ((ARRAY['expired'::character varying, 'suppressed'::character varying, 'failed'::character varying])::text[]));

CREATE UNIQUE INDEX delivery_once_per_companion ON public.alerts_delivery USING btree (companion_id, notification_id) WHERE (companion_id IS NOT NULL);

CREATE UNIQUE INDEX delivery_once_per_webhook ON public.alerts_delivery USING btree (webhook_id, notification_id) WHERE (webhook_id IS NOT NULL);

CREATE UNIQUE INDEX delivery_one_email ON public.alerts_delivery USING btree (notification_id) WHERE ((channel)::text = 'email'::text);

CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);

CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);

CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);

CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX dvsa_alerts_cacheentry_key_a0539a86_like ON public.dvsa_alerts_cacheentry USING btree (key varchar_pattern_ops);

CREATE INDEX dvsa_alerts_heartbeat_queue_20364e05_like ON public.dvsa_alerts_heartbeat USING btree (queue varchar_pattern_ops);

CREATE INDEX dvsa_test_centers_code_3df29d89_like ON public.dvsa_test_centers USING btree (code varchar_pattern_ops);

CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);

CREATE INDEX notifications_of_a_day ON public.alerts_notification USING btree (user_id, created_at);

CREATE INDEX openings_in_waves ON public.slots_slotopening USING btree (next_wave_at) WHERE ((closed_at IS NULL) AND (next_wave_at IS NOT NULL));

CREATE INDEX openings_recorded ON public.slots_slotopening USING btree (recorded_at);

CREATE INDEX openings_resumed ON public.slots_slotopening USING btree (id) WHERE (resumed_at IS NOT NULL);

CREATE INDEX openings_unmatched ON public.slots_slotopening USING btree (id) WHERE ((matched_at IS NULL) AND (quiet IS NULL));

CREATE INDEX outbox_mails_due ON public.accounts_outboxmail USING btree (is_awaited DESC, next_attempt_at) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying])::text[]));

CREATE INDEX outbox_mails_to ON public.accounts_outboxmail USING btree ("to");

CREATE INDEX push_live_of_user ON public.alerts_pushsubscription USING btree (user_id) WHERE (ended_at IS NULL);

CREATE INDEX push_refused ON public.alerts_pushsubscription USING btree (refused_at) WHERE (refused_at IS NOT NULL);

CREATE INDEX rate_windows_started ON public.slots_ratewindow USING btree (started_at);

CREATE INDEX request_windows_end ON public.accounts_requestwindow USING btree (ends_at);

CREATE INDEX roles_offered_permission_id_8145916d ON public.roles_offered USING btree (permission_id);

CREATE INDEX roles_offered_role_id_83044505 ON public.roles_offered USING btree (role_id);

CREATE INDEX roles_permissions_permission_id_1f74cd91 ON public.roles_permissions USING btree (permission_id);

CREATE INDEX roles_permissions_role_id_e913de52 ON public.roles_permissions USING btree (role_id);

CREATE INDEX roles_role_name_2c8c2fcd_like ON public.roles USING btree (role_name varchar_pattern_ops);

CREATE INDEX search_endings_due ON public.alerts_searchending USING btree (next_attempt_at) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying])::text[]));

CREATE UNIQUE INDEX search_rests_once ON public.alerts_searchending USING btree (user_id, booked_for) WHERE (booked_for IS NOT NULL);

CREATE INDEX slots_feedbatch_decided_by_id_d25300ce ON public.slots_feedbatch USING btree (decided_by_id);

CREATE INDEX slots_feedbatch_source_id_a435260a ON public.slots_feedbatch USING btree (source_id);

CREATE INDEX slots_open ON public.drivingtestslots USING btree (center_id, test_type, date, "time") INCLUDE (slot_id) WHERE available;

CREATE INDEX slots_ratewindow_key_24852a11_like ON public.slots_ratewindow USING btree (key varchar_pattern_ops);

CREATE INDEX slots_slotopening_batch_id_1f37142b ON public.slots_slotopening USING btree (batch_id);

CREATE INDEX slots_source_name_749416dc_like ON public.slots_source USING btree (name varchar_pattern_ops);

CREATE INDEX slots_sourcebaseline_batch_id_606f1cc6 ON public.slots_sourcebaseline USING btree (batch_id);

CREATE INDEX slots_sourcebaseline_center_id_54bed64f ON public.slots_sourcebaseline USING btree (center_id);

CREATE INDEX slots_sourcebaseline_source_id_9492565a ON public.slots_sourcebaseline USING btree (source_id);

CREATE INDEX slots_sourcetoken_created_by_id_8ff67bad ON public.slots_sourcetoken USING btree (created_by_id);

CREATE INDEX slots_sourcetoken_digest_85c61a61_like ON public.slots_sourcetoken USING btree (digest varchar_pattern_ops);

CREATE INDEX slots_sourcetoken_source_id_800ffd5a ON public.slots_sourcetoken USING btree (source_id);

CREATE INDEX slots_withheld ON public.drivingtestslots USING btree (slot_id) WHERE (withheld_at IS NOT NULL);

CREATE INDEX systemconfig_key_eb0c7b97_like ON public.systemconfig USING btree (key varchar_pattern_ops);

CREATE INDEX try_windows_end ON public.accounts_trywindow USING btree (ends_at);

CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));

CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";

CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;

CREATE INDEX useralerts_notification_id_1a46c09a ON public.useralerts USING btree (notification_id);

CREATE INDEX useralerts_opening_id_c831e20a ON public.useralerts USING btree (opening_id);

CREATE INDEX useralerts_preference_id_a5de8607 ON public.useralerts USING btree (preference_id);

CREATE INDEX useralerts_slot_id_40ff3dfa ON public.useralerts USING btree (slot_id);

CREATE INDEX userpreferences_centers_center_id_95e1062c ON public.userpreferences_centers USING btree (center_id);

CREATE INDEX userpreferences_centers_search_id_5a585deb ON public.userpreferences_centers USING btree (search_id);

CREATE INDEX userpreferences_location_cccd2e36_id ON public.userpreferences USING gist (location);

CREATE INDEX userpreferences_user_id_e84f9a65 ON public.userpreferences USING btree (user_id);

CREATE INDEX users_email_0ea73cca_like ON public.users USING btree (email varchar_pattern_ops);

CREATE UNIQUE INDEX users_email_ignoring_case ON public.users USING btree (lower((email)::text));

CREATE INDEX users_email_parts ON public.users USING gin (upper((email)::text) public.gin_trgm_ops);

CREATE INDEX users_last_failed ON public.users USING btree (last_failed_on, user_id) WHERE (last_failed_on IS NOT NULL);

CREATE INDEX users_not_told ON public.users USING btree (user_id) WHERE (NOT (is_active AND email_verified));

CREATE INDEX users_role_id_1900a745 ON public.users USING btree (role_id);

CREATE INDEX users_theory_passed ON public.users USING btree (theory_passed_on, user_id) WHERE (theory_passed_on IS NOT NULL);

CREATE INDEX usersessions_usersession_session_key_fd35de43_like ON public.usersessions_usersession USING btree (session_key varchar_pattern_ops);

CREATE INDEX usersessions_usersession_user_id_af5e0a6d ON public.usersessions_usersession USING btree (user_id);

CREATE INDEX waves_told ON public.alerts_wave USING btree (told_at);

CREATE UNIQUE INDEX webhook_once_per_place ON public.alerts_webhook USING btree (user_id, place) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX webhook_once_per_url ON public.alerts_webhook USING btree (user_id, url) WHERE (ended_at IS NULL);

CREATE TRIGGER audit_guard BEFORE DELETE OR UPDATE ON public.auditlogs FOR EACH ROW EXECUTE FUNCTION public.audit_guard();

CREATE TRIGGER audit_guard_whole BEFORE TRUNCATE ON public.auditlogs FOR EACH STATEMENT EXECUTE FUNCTION public.audit_guard_whole();

CREATE TRIGGER audit_receive BEFORE INSERT ON public.auditlogs FOR EACH ROW EXECUTE FUNCTION public.audit_receive();

CREATE TRIGGER marks_change AFTER INSERT OR DELETE OR UPDATE OF postcode, latitude, longitude, ended OR TRUNCATE ON public.centers_postcode FOR EACH STATEMENT EXECUTE FUNCTION public.slots_mark_change();

CREATE TRIGGER marks_change AFTER INSERT OR DELETE OR UPDATE OF kind, area, latitude, longitude OR TRUNCATE ON public.centers_postcodearea FOR EACH STATEMENT EXECUTE FUNCTION public.slots_mark_change();

CREATE TRIGGER marks_change AFTER INSERT OR DELETE OR UPDATE OF center_id, test_type, date, "time", available, source_id, last_seen_at OR TRUNCATE ON public.drivingtestslots FOR EACH STATEMENT EXECUTE FUNCTION public.slots_mark_change();

CREATE TRIGGER marks_change AFTER INSERT OR DELETE OR UPDATE OF name, postcode, latitude, longitude, code, is_active OR TRUNCATE ON public.dvsa_test_centers FOR EACH STATEMENT EXECUTE FUNCTION public.slots_mark_change();

CREATE TRIGGER marks_change AFTER INSERT OR DELETE OR UPDATE OF slot_id, opened_at, closed_at, quiet, reported_gone_at OR TRUNCATE ON public.slots_slotopening FOR EACH STATEMENT EXECUTE FUNCTION public.slots_mark_change();

CREATE TRIGGER marks_change AFTER INSERT OR DELETE OR UPDATE OF name, is_active, is_simulated, stale_after_minutes, heard_at OR TRUNCATE ON public.slots_source FOR EACH STATEMENT EXECUTE FUNCTION public.slots_mark_change();

CREATE TRIGGER pgtrigger_touch_updated_at_68d13 BEFORE UPDATE ON public.userpreferences FOR EACH ROW WHEN (((old.also_email IS DISTINCT FROM new.also_email) OR (old.current_test_date IS DISTINCT FROM new.current_test_date) OR (old.date_from IS DISTINCT FROM new.date_from) OR (old.date_to IS DISTINCT FROM new.date_to) OR (old.digest_at IS DISTINCT FROM new.digest_at) OR (old.excluded_dates IS DISTINCT FROM new.excluded_dates) OR (old.is_active IS DISTINCT FROM new.is_active) OR (old.location IS DISTINCT FROM new.location) OR (old.min_days_earlier IS DISTINCT FROM new.min_days_earlier) OR (old.min_notice_days IS DISTINCT FROM new.min_notice_days) OR ((old.name)::text IS DISTINCT FROM (new.name)::text) OR ((old.notification_method)::text IS DISTINCT FROM (new.notification_method)::text) OR (old.notification_radius IS DISTINCT FROM new.notification_radius) OR (old.only_bookable IS DISTINCT FROM new.only_bookable) OR (old.paused_until IS DISTINCT FROM new.paused_until) OR ((old.postcode)::text IS DISTINCT FROM (new.postcode)::text) OR (old.preferred_test_types IS DISTINCT FROM new.preferred_test_types) OR (old.time_from IS DISTINCT FROM new.time_from) OR (old.time_until IS DISTINCT FROM new.time_until) OR (old.user_id IS DISTINCT FROM new.user_id) OR (old.weekdays IS DISTINCT FROM new.weekdays))) EXECUTE FUNCTION public.pgtrigger_touch_updated_at_68d13();

CREATE TRIGGER pgtrigger_touch_updated_at_9bb9e BEFORE UPDATE ON public.accounts_booking FOR EACH ROW WHEN (((old.center_id IS DISTINCT FROM new.center_id) OR (old.changes_used IS DISTINCT FROM new.changes_used) OR (old.date IS DISTINCT FROM new.date) OR (old.first_center_id IS DISTINCT FROM new.first_center_id) OR ((old.test_type)::text IS DISTINCT FROM (new.test_type)::text) OR (old."time" IS DISTINCT FROM new."time"))) EXECUTE FUNCTION public.pgtrigger_touch_updated_at_9bb9e();

CREATE TRIGGER pgtrigger_touch_updated_at_e086e BEFORE UPDATE ON public.dvsa_test_centers FOR EACH ROW WHEN (((old.address IS DISTINCT FROM new.address) OR ((old.code)::text IS DISTINCT FROM (new.code)::text) OR (old.is_active IS DISTINCT FROM new.is_active) OR (old.latitude IS DISTINCT FROM new.latitude) OR (old.longitude IS DISTINCT FROM new.longitude) OR ((old.name)::text IS DISTINCT FROM (new.name)::text) OR ((old.postcode)::text IS DISTINCT FROM (new.postcode)::text) OR ((old.town)::text IS DISTINCT FROM (new.town)::text))) EXECUTE FUNCTION public.pgtrigger_touch_updated_at_e086e();

CREATE TRIGGER pgtrigger_touch_updated_at_e7717 BEFORE UPDATE ON public.users FOR EACH ROW WHEN ((((old.email)::text IS DISTINCT FROM (new.email)::text) OR ((old.first_name)::text IS DISTINCT FROM (new.first_name)::text) OR (old.is_active IS DISTINCT FROM new.is_active) OR (old.last_failed_on IS DISTINCT FROM new.last_failed_on) OR ((old.last_name)::text IS DISTINCT FROM (new.last_name)::text) OR (old.quiet_from IS DISTINCT FROM new.quiet_from) OR (old.quiet_until IS DISTINCT FROM new.quiet_until) OR (old.role_id IS DISTINCT FROM new.role_id) OR (old.theory_passed_on IS DISTINCT FROM new.theory_passed_on))) EXECUTE FUNCTION public.pgtrigger_touch_updated_at_e7717();

CREATE TRIGGER reach_deleted AFTER DELETE ON public.dvsa_test_centers REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_centers();

CREATE TRIGGER reach_deleted AFTER DELETE ON public.userpreferences REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_searches();

CREATE TRIGGER reach_deleted AFTER DELETE ON public.userpreferences_centers REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_chosen();

CREATE TRIGGER reach_inserted AFTER INSERT ON public.dvsa_test_centers REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_centers();

CREATE TRIGGER reach_inserted AFTER INSERT ON public.userpreferences REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_searches();

CREATE TRIGGER reach_inserted AFTER INSERT ON public.userpreferences_centers REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_chosen();

CREATE TRIGGER reach_truncated AFTER TRUNCATE ON public.dvsa_test_centers FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_truncate();

CREATE TRIGGER reach_truncated AFTER TRUNCATE ON public.userpreferences FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_truncate();

CREATE TRIGGER reach_truncated AFTER TRUNCATE ON public.userpreferences_centers FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_truncate();

CREATE TRIGGER reach_turn BEFORE INSERT OR DELETE OR UPDATE OF center_id, latitude, longitude, is_active ON public.dvsa_test_centers FOR EACH STATEMENT EXECUTE FUNCTION public.reach_center_turn();

CREATE TRIGGER reach_turn BEFORE INSERT OR DELETE OR UPDATE OF preference_id, location, notification_radius, is_active ON public.userpreferences FOR EACH STATEMENT EXECUTE FUNCTION public.reach_turn('shared');

CREATE TRIGGER reach_turn BEFORE INSERT OR DELETE OR UPDATE ON public.userpreferences_centers FOR EACH STATEMENT EXECUTE FUNCTION public.reach_turn('shared');

CREATE TRIGGER reach_updated AFTER UPDATE ON public.dvsa_test_centers REFERENCING OLD TABLE AS earlier NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_changed_centers();

CREATE TRIGGER reach_updated AFTER UPDATE ON public.userpreferences REFERENCING OLD TABLE AS earlier NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_changed_searches();

CREATE TRIGGER reach_updated AFTER UPDATE ON public.userpreferences_centers REFERENCING OLD TABLE AS earlier NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.reach_follow_changed_chosen();

CREATE TRIGGER roles_defaults_keep_their_names BEFORE UPDATE OF role_name ON public.roles FOR EACH ROW WHEN ((((old.role_name)::text = ANY ((ARRAY['user'::character varying, 'center_manager'::character varying, 'auditor'::character varying, 'admin'::character varying])::text[])) AND ((new.role_name)::text IS DISTINCT FROM (old.role_name)::text))) EXECUTE FUNCTION public.accounts_default_roles_stay();

CREATE TRIGGER roles_defaults_stay BEFORE DELETE ON public.roles FOR EACH ROW WHEN (((old.role_name)::text = ANY ((ARRAY['user'::character varying, 'center_manager'::character varying, 'auditor'::character varying, 'admin'::character varying])::text[]))) EXECUTE FUNCTION public.accounts_default_roles_stay();

CREATE CONSTRAINT TRIGGER users_last_admin_stays AFTER DELETE OR UPDATE OF role_id, is_active ON public.users DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.accounts_last_admin_stays();

CREATE TRIGGER users_leave_a_witness BEFORE DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION public.accounts_leave_a_witness();

CREATE TRIGGER verifies_user AFTER INSERT OR DELETE OR UPDATE OF user_id, verified, "primary" ON public.account_emailaddress FOR EACH ROW EXECUTE FUNCTION public.users_follow_addresses();

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_booking
    ADD CONSTRAINT accounts_booking_center_id_18146aea_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_booking
    ADD CONSTRAINT accounts_booking_first_center_id_79401310_fk_dvsa_test FOREIGN KEY (first_center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_booking
    ADD CONSTRAINT accounts_booking_user_id_2ea98fac_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_outboxmail
    ADD CONSTRAINT accounts_outboxmail_user_id_023d4308_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_barerefusal
    ADD CONSTRAINT alerts_barerefusal_user_id_565f63f0_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_companion
    ADD CONSTRAINT alerts_companion_user_id_63b73ac7_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_delivery
    ADD CONSTRAINT alerts_delivery_companion_id_245ab766_fk_alerts_companion_id FOREIGN KEY (companion_id) REFERENCES public.alerts_companion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_delivery
    ADD CONSTRAINT alerts_delivery_notification_id_f5bd34b0_fk_alerts_no FOREIGN KEY (notification_id) REFERENCES public.alerts_notification(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_delivery
    ADD CONSTRAINT alerts_delivery_subscription_id_5d10dfc4_fk_alerts_pu FOREIGN KEY (subscription_id) REFERENCES public.alerts_pushsubscription(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_delivery
    ADD CONSTRAINT alerts_delivery_webhook_id_c6117568_fk_alerts_webhook_id FOREIGN KEY (webhook_id) REFERENCES public.alerts_webhook(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_mailrefusal
    ADD CONSTRAINT alerts_mailrefusal_user_id_04d9e655_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_notification
    ADD CONSTRAINT alerts_notification_user_id_6842cc7e_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_pushsubscription
    ADD CONSTRAINT alerts_pushsubscription_user_id_54f7471d_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_searchending
    ADD CONSTRAINT alerts_searchending_mail_id_c4e7c0ba_fk_accounts_outboxmail_id FOREIGN KEY (mail_id) REFERENCES public.accounts_outboxmail(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_searchending
    ADD CONSTRAINT alerts_searchending_search_id_0d467fe2_fk_userprefe FOREIGN KEY (search_id) REFERENCES public.userpreferences(preference_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_searchending
    ADD CONSTRAINT alerts_searchending_user_id_b3107420_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_searchfeed
    ADD CONSTRAINT alerts_searchfeed_search_id_1facd35b_fk_userprefe FOREIGN KEY (search_id) REFERENCES public.userpreferences(preference_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_wave
    ADD CONSTRAINT alerts_wave_opening_id_5b08c357_fk_slots_slotopening_id FOREIGN KEY (opening_id) REFERENCES public.slots_slotopening(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.alerts_webhook
    ADD CONSTRAINT alerts_webhook_user_id_5cfe1422_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auditlogs
    ADD CONSTRAINT auditlogs_user_id_fk FOREIGN KEY (user_id) REFERENCES public.users(user_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.centers_centeralias
    ADD CONSTRAINT centers_centeralias_center_id_51b559bd_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.centers_nearestcenter
    ADD CONSTRAINT centers_nearestcente_center_id_896accd4_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.centers_nearestcenter
    ADD CONSTRAINT centers_nearestcente_other_id_fdadc28e_fk_dvsa_test FOREIGN KEY (other_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.drivingtestslots
    ADD CONSTRAINT drivingtestslots_center_id_70b8cdc6_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.drivingtestslots
    ADD CONSTRAINT drivingtestslots_source_id_58291d6f_fk_slots_source_id FOREIGN KEY (source_id) REFERENCES public.slots_source(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.roles_offered
    ADD CONSTRAINT roles_offered_permission_id_8145916d_fk_auth_permission_id FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.roles_offered
    ADD CONSTRAINT roles_offered_role_id_83044505_fk_roles_role_id FOREIGN KEY (role_id) REFERENCES public.roles(role_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.roles_permissions
    ADD CONSTRAINT roles_permissions_permission_id_1f74cd91_fk_auth_permission_id FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.roles_permissions
    ADD CONSTRAINT roles_permissions_role_id_e913de52_fk_roles_role_id FOREIGN KEY (role_id) REFERENCES public.roles(role_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_centerwait
    ADD CONSTRAINT slots_centerwait_center_id_19fdff29_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_coveredweek
    ADD CONSTRAINT slots_coveredweek_center_id_b5405ebb_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_feedbatch
    ADD CONSTRAINT slots_feedbatch_decided_by_id_d25300ce_fk_users_user_id FOREIGN KEY (decided_by_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_feedbatch
    ADD CONSTRAINT slots_feedbatch_source_id_a435260a_fk_slots_source_id FOREIGN KEY (source_id) REFERENCES public.slots_source(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_heldslot
    ADD CONSTRAINT slots_heldslot_batch_id_1952147b_fk_slots_feedbatch_id FOREIGN KEY (batch_id) REFERENCES public.slots_feedbatch(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_heldslot
    ADD CONSTRAINT slots_heldslot_center_id_a1732f11_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_slotopening
    ADD CONSTRAINT slots_slotopening_batch_id_1f37142b_fk_slots_feedbatch_id FOREIGN KEY (batch_id) REFERENCES public.slots_feedbatch(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_slotopening
    ADD CONSTRAINT slots_slotopening_slot_id_7fa85c74_fk_drivingtestslots_slot_id FOREIGN KEY (slot_id) REFERENCES public.drivingtestslots(slot_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_slotopening
    ADD CONSTRAINT slots_slotopening_source_id_d2115846_fk_slots_source_id FOREIGN KEY (source_id) REFERENCES public.slots_source(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_sourcebaseline
    ADD CONSTRAINT slots_sourcebaseline_batch_id_606f1cc6_fk_slots_feedbatch_id FOREIGN KEY (batch_id) REFERENCES public.slots_feedbatch(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_sourcebaseline
    ADD CONSTRAINT slots_sourcebaseline_center_id_54bed64f_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_sourcebaseline
    ADD CONSTRAINT slots_sourcebaseline_source_id_9492565a_fk_slots_source_id FOREIGN KEY (source_id) REFERENCES public.slots_source(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_sourcetoken
    ADD CONSTRAINT slots_sourcetoken_created_by_id_8ff67bad_fk_users_user_id FOREIGN KEY (created_by_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.slots_sourcetoken
    ADD CONSTRAINT slots_sourcetoken_source_id_800ffd5a_fk_slots_source_id FOREIGN KEY (source_id) REFERENCES public.slots_source(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.useralerts
    ADD CONSTRAINT useralerts_notification_id_1a46c09a_fk_alerts_notification_id FOREIGN KEY (notification_id) REFERENCES public.alerts_notification(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.useralerts
    ADD CONSTRAINT useralerts_opening_id_c831e20a_fk_slots_slotopening_id FOREIGN KEY (opening_id) REFERENCES public.slots_slotopening(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.useralerts
    ADD CONSTRAINT useralerts_preference_id_a5de8607_fk_userprefe FOREIGN KEY (preference_id) REFERENCES public.userpreferences(preference_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.useralerts
    ADD CONSTRAINT useralerts_slot_id_40ff3dfa_fk_drivingtestslots_slot_id FOREIGN KEY (slot_id) REFERENCES public.drivingtestslots(slot_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.useralerts
    ADD CONSTRAINT useralerts_user_id_3bb82ab8_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.userpreferences_centers
    ADD CONSTRAINT userpreferences_cent_center_id_95e1062c_fk_dvsa_test FOREIGN KEY (center_id) REFERENCES public.dvsa_test_centers(center_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.userpreferences_centers
    ADD CONSTRAINT userpreferences_cent_search_id_5a585deb_fk_userprefe FOREIGN KEY (search_id) REFERENCES public.userpreferences(preference_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.userpreferences
    ADD CONSTRAINT userpreferences_user_id_e84f9a65_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_role_id_1900a745_fk_roles_role_id FOREIGN KEY (role_id) REFERENCES public.roles(role_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_user_id_af5e0a6d_fk_users_user_id FOREIGN KEY (user_id) REFERENCES public.users(user_id) DEFERRABLE INITIALLY DEFERRED;
