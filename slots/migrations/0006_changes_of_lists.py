"""Every write to what a list of slots is made of leaves a mark, whoever writes it."""

import django.db.models.functions.datetime
from django.db import migrations, models

# Marks are only ever added, so that writers never wait for each other. Old ones go with the
# next write, a few at a time and never those that another writer is just removing.
FUNCTION = """
CREATE FUNCTION slots_mark_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
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
"""
DROP_FUNCTION = "DROP FUNCTION slots_mark_change()"

# The columns that lists show or choose by; matching, polling and the like write others.
MARKED = {
    "drivingtestslots": "center_id, test_type, date, time, available, source_id, last_seen_at",
    "slots_slotopening": "slot_id, opened_at, closed_at, quiet",
    "slots_source": "name, is_active, is_simulated, stale_after_minutes, heard_at",
    "dvsa_test_centers": "name, postcode, latitude, longitude, code, is_active",
    "centers_postcode": "postcode, latitude, longitude, ended",
    "centers_postcodearea": "kind, area, latitude, longitude",
}


def _trigger(table: str, columns: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER marks_change AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF {columns} "
        f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION slots_mark_change()",
        f"DROP TRIGGER marks_change ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("centers", "0004_first_load_without_key"),
        ("slots", "0005_room_to_update_slots_in_place"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "transaction",
                    models.BigIntegerField(
                        help_text="PostgreSQL's 64-bit number, never used twice"
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"ordering": ["id"]},
        ),
        # A crash empties it; what was remembered before then carries marks that never come back.
        migrations.RunSQL(
            "ALTER TABLE slots_listingchange SET UNLOGGED",
            "ALTER TABLE slots_listingchange SET LOGGED",
        ),
        migrations.RunSQL(FUNCTION, DROP_FUNCTION),
        *(_trigger(table, columns) for table, columns in MARKED.items()),
    ]
