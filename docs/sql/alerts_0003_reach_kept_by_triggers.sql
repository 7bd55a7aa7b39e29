BEGIN;
--
-- Raw SQL operation
--

CREATE FUNCTION reach_computed()
RETURNS TABLE (center_id integer, search_id integer, miles double precision,
               search_location geography, is_chosen boolean)
LANGUAGE sql STABLE AS $$
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

--
-- Raw SQL operation
--

CREATE FUNCTION reach_take_turn(alone boolean) RETURNS void LANGUAGE plpgsql AS $$
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

CREATE FUNCTION reach_turn() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM reach_take_turn(TG_ARGV[0] = 'alone');
    RETURN NULL;
END $$;

CREATE TRIGGER reach_turn
BEFORE INSERT OR DELETE OR UPDATE OF preference_id, location, notification_radius, is_active
ON userpreferences FOR EACH STATEMENT EXECUTE FUNCTION reach_turn('shared');

CREATE TRIGGER reach_turn BEFORE INSERT OR UPDATE OR DELETE
ON userpreferences_centers FOR EACH STATEMENT EXECUTE FUNCTION reach_turn('shared');

CREATE TRIGGER reach_turn
BEFORE INSERT OR DELETE OR UPDATE OF center_id, latitude, longitude, is_active
ON dvsa_test_centers FOR EACH STATEMENT EXECUTE FUNCTION reach_turn('alone');

--
-- Raw SQL operation
--

CREATE FUNCTION reach_refresh_searches(ids integer[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM alerts_reach WHERE search_id = ANY (ids);
    INSERT INTO alerts_reach (center_id, search_id, miles)
    SELECT computed.center_id, computed.search_id, computed.miles
      FROM reach_computed() computed WHERE computed.search_id = ANY (ids)
        ON CONFLICT (center_id, search_id) DO UPDATE SET miles = excluded.miles;
END $$;

CREATE FUNCTION reach_follow_searches() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM reach_refresh_searches(array_agg(preference_id)) FROM written;
    RETURN NULL;
END $$;

CREATE FUNCTION reach_follow_changed_searches() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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

CREATE TRIGGER reach_inserted AFTER INSERT ON userpreferences
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_searches();

CREATE TRIGGER reach_updated AFTER UPDATE ON userpreferences
REFERENCING OLD TABLE AS earlier NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_changed_searches();

CREATE TRIGGER reach_deleted AFTER DELETE ON userpreferences
REFERENCING OLD TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_searches();

--
-- Raw SQL operation
--

CREATE FUNCTION reach_refresh_choosers(ids integer[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM userpreferences
      WHERE preference_id = ANY (ids) ORDER BY preference_id FOR NO KEY UPDATE;
    UPDATE userpreferences SET updated_at = statement_timestamp()
     WHERE preference_id = ANY (ids);
    PERFORM reach_refresh_searches(ids);
END $$;

CREATE FUNCTION reach_follow_chosen() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM reach_refresh_choosers(array_agg(DISTINCT search_id)) FROM written;
    RETURN NULL;
END $$;

CREATE FUNCTION reach_follow_changed_chosen() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM reach_refresh_choosers(array_agg(search_id)) FROM (
        SELECT search_id FROM earlier UNION SELECT search_id FROM written
    ) either;
    RETURN NULL;
END $$;

CREATE TRIGGER reach_inserted AFTER INSERT ON userpreferences_centers
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_chosen();

CREATE TRIGGER reach_updated AFTER UPDATE ON userpreferences_centers
REFERENCING OLD TABLE AS earlier NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_changed_chosen();

CREATE TRIGGER reach_deleted AFTER DELETE ON userpreferences_centers
REFERENCING OLD TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_chosen();

--
-- Raw SQL operation
--

CREATE FUNCTION reach_refresh_centers(ids integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    center record;
    widest double precision := (
        SELECT max(notification_radius) * 1609.344 + 1 FROM userpreferences WHERE is_active);
BEGIN
    DELETE FROM alerts_reach WHERE center_id = ANY (ids);
    FOR center IN
        SELECT center_id, location FROM dvsa_test_centers WHERE center_id = ANY (ids) AND is_active
    LOOP
        INSERT INTO alerts_reach (center_id, search_id, miles)
        SELECT computed.center_id, computed.search_id, computed.miles
          FROM reach_computed() computed
         WHERE computed.center_id = center.center_id
           AND (computed.is_chosen
                OR ST_DWithin(computed.search_location, center.location, widest))
            ON CONFLICT (center_id, search_id) DO UPDATE SET miles = excluded.miles;
    END LOOP;
END $$;

CREATE FUNCTION reach_follow_centers() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM reach_refresh_centers(array_agg(center_id)) FROM written;
    RETURN NULL;
END $$;

CREATE FUNCTION reach_follow_changed_centers() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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

CREATE TRIGGER reach_inserted AFTER INSERT ON dvsa_test_centers
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_centers();

CREATE TRIGGER reach_updated AFTER UPDATE ON dvsa_test_centers
REFERENCING OLD TABLE AS earlier NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_changed_centers();

CREATE TRIGGER reach_deleted AFTER DELETE ON dvsa_test_centers
REFERENCING OLD TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_centers();

--
-- Raw SQL operation
--

CREATE FUNCTION reach_rebuild(OUT removed bigint, OUT written bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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

CREATE FUNCTION reach_follow_truncate() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM reach_rebuild();
    RETURN NULL;
END $$;

CREATE TRIGGER reach_truncated AFTER TRUNCATE ON userpreferences
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_truncate();
CREATE TRIGGER reach_truncated AFTER TRUNCATE ON userpreferences_centers
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_truncate();
CREATE TRIGGER reach_truncated AFTER TRUNCATE ON dvsa_test_centers
FOR EACH STATEMENT EXECUTE FUNCTION reach_follow_truncate();

--
-- Raw SQL operation
--
SELECT * FROM reach_rebuild();
COMMIT;
