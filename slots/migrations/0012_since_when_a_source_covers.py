"""Since when a source has covered a centre and test type: its first batch that did so says it."""

from django.db import migrations, models
from django.db.models.functions import Now

FILL = """
UPDATE slots_sourcebaseline AS baseline
SET covered_since = COALESCE(LEAST(batch.observed_at, batch.recorded_at), source.created_at)
FROM slots_sourcebaseline AS each
JOIN slots_source AS source ON source.id = each.source_id
LEFT JOIN slots_feedbatch AS batch ON batch.id = each.batch_id
WHERE each.id = baseline.id
"""


class Migration(migrations.Migration):
    dependencies = [("slots", "0011_when_a_slot_starts")]

    operations = [
        migrations.AddField(
            model_name="sourcebaseline",
            name="covered_since",
            field=models.DateTimeField(db_default=Now()),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
