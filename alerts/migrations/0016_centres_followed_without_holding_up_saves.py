"""Many centres, or many searches, are followed after the commit, a few searches at a time."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# What a statement may compute at once: pairs of a centre and an active search, some 3 µs each.
MUCH = """
CREATE FUNCTION reach_is_much(centers bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT centers * count(*) > 100000
      FROM (SELECT FROM userpreferences WHERE is_active
             LIMIT 100000 / greatest(centers, 1) + 1) counted
$$;
"""
DROP_MUCH = "DROP FUNCTION reach_is_much(bigint);"

# Each search has a radius of its own, which no index on the searches' places can use. The
# widest of them can, and leaves few enough to try one by one; hence centre by centre.
OF_CENTERS = """
CREATE FUNCTION reach_of_centers(ids integer[])
RETURNS TABLE (center_id integer, search_id integer, miles double precision)
LANGUAGE plpgsql STABLE AS $$
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
"""
DROP_OF_CENTERS = "DROP FUNCTION reach_of_centers(integer[]);"

# A transaction that follows later takes no turn, for whoever saves a search would wait for it
# to its end. It does so from its first statement on, else it would ask for its turn with rows
# locked. `centers.followed_later` is for those who write many centres in one transaction.
CENTERS = """
CREATE FUNCTION reach_is_later(centers bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('centers.followed_later', true) = 'on' THEN
        RETURN true;
    END IF;
    RETURN reach_is_much(centers);
END $$;

CREATE FUNCTION reach_center_turn() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF reach_is_later(1) THEN
        PERFORM set_config('centers.followed_later', 'on', true);
    ELSE
        PERFORM reach_take_turn(alone => true);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER reach_turn
BEFORE INSERT OR DELETE OR UPDATE OF center_id, latitude, longitude, is_active
ON dvsa_test_centers FOR EACH STATEMENT EXECUTE FUNCTION reach_center_turn();

CREATE OR REPLACE FUNCTION reach_refresh_centers(ids integer[]) RETURNS void
LANGUAGE plpgsql AS $$
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
"""
# As 0003 has it.
CENTERS_AT_ONCE = """
CREATE OR REPLACE FUNCTION reach_refresh_centers(ids integer[]) RETURNS void
LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE TRIGGER reach_turn
BEFORE INSERT OR DELETE OR UPDATE OF center_id, latitude, longitude, is_active
ON dvsa_test_centers FOR EACH STATEMENT EXECUTE FUNCTION reach_turn('alone');

DROP FUNCTION reach_center_turn();
DROP FUNCTION reach_is_later(bigint);
"""

# One pass over the searches serves all centres that began it together; those behind catch up
# with those ahead. The first step of a centre waits for all who were saving a search when the
# centre was written, and so may not have seen it; who saves one since sees it. A step that can't
# have its turn soon gives up, for whoever wants to save a search meanwhile waits behind it. It is
# over before its plan could be compiled, which took longer than the step itself.
SETTLE = """
CREATE FUNCTION reach_settle(most integer, OUT searches bigint, OUT pending bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT
SET lock_timeout = '200ms' SET jit = off AS $$
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

CREATE FUNCTION reach_settle_searches(low integer, high integer, centers integer[]) RETURNS void
LANGUAGE sql AS $$
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
"""
DROP_SETTLE = """
DROP FUNCTION reach_settle(integer);
DROP FUNCTION reach_settle_searches(integer, integer, integer[]);
"""
# Without the table nobody would know any more what is still to be followed.
SETTLE_ALL = "SELECT reach_rebuild() WHERE EXISTS (SELECT FROM alerts_pendingreach)"


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0015_whose_fault_a_refusal_is"),
        ("centers", "0006_other_names_of_centres"),
    ]

    operations = [
        migrations.CreateModel(
            name="PendingReach",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("done_to", models.IntegerField(db_default=0)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "center",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="centers.center",
                    ),
                ),
            ],
            options={"verbose_name_plural": "pending reach"},
        ),
        migrations.RunSQL(MUCH, DROP_MUCH),
        migrations.RunSQL(OF_CENTERS, DROP_OF_CENTERS),
        migrations.RunSQL(CENTERS, CENTERS_AT_ONCE),
        migrations.RunSQL(SETTLE, DROP_SETTLE),
        migrations.RunSQL(migrations.RunSQL.noop, SETTLE_ALL),
    ]
