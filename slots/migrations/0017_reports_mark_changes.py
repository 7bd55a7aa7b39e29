"""That a slot was reported gone shows in lists of slots, so it leaves a mark as other writes do."""

from django.db import migrations

BEFORE = "slot_id, opened_at, closed_at, quiet"


def trigger(columns: str) -> list[str]:
    events = f"INSERT OR DELETE OR TRUNCATE OR UPDATE OF {columns}"
    create = (
        f"CREATE TRIGGER marks_change AFTER {events} ON slots_slotopening "
        "FOR EACH STATEMENT EXECUTE FUNCTION slots_mark_change()"
    )
    return ["DROP TRIGGER marks_change ON slots_slotopening", create]


class Migration(migrations.Migration):
    dependencies = [("slots", "0016_openings_in_waves")]

    operations = [migrations.RunSQL(trigger(f"{BEFORE}, reported_gone_at"), trigger(BEFORE))]
