"""The weeks in which somebody watched a centre.

For the past, as far as it is known: a source that has covered a centre went on to until its newest
batch. Where the batch in which it began is pruned, it is taken to have begun with the first opening
that it is known to have told of there; with neither, with the oldest of its batches that is kept.
"""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
    WITH told AS (
        SELECT opening.source_id, slot.center_id, slot.test_type, min(opening.opened_at) AS first
        FROM slots_slotopening AS opening
        JOIN drivingtestslots AS slot USING (slot_id)
        WHERE opening.source_id IS NOT NULL
        GROUP BY opening.source_id, slot.center_id, slot.test_type
    ), kept AS (
        SELECT source_id, min(observed_at) AS first
        FROM slots_feedbatch
        WHERE complete AND status IN ('applied', 'baseline')
        GROUP BY source_id
    ), covered AS (
        SELECT baseline.center_id, baseline.test_type, source.newest_observed_at AS last,
            COALESCE(batch.observed_at, told.first, kept.first) AS first
        FROM slots_sourcebaseline AS baseline
        JOIN slots_source AS source ON source.id = baseline.source_id
        LEFT JOIN slots_feedbatch AS batch ON batch.id = baseline.batch_id
        LEFT JOIN kept ON kept.source_id = baseline.source_id
        LEFT JOIN told ON told.source_id = baseline.source_id
            AND told.center_id = baseline.center_id AND told.test_type = baseline.test_type
    )
    INSERT INTO slots_coveredweek (center_id, test_type, monday, since)
    SELECT center_id, test_type, monday::date,
        min(GREATEST(first, monday AT TIME ZONE 'Europe/London'))
    FROM covered
    CROSS JOIN generate_series(
        date_trunc('week', first AT TIME ZONE 'Europe/London'),
        last AT TIME ZONE 'Europe/London', interval '1 week'
    ) AS monday
    GROUP BY center_id, test_type, monday"""


class Migration(migrations.Migration):
    dependencies = [
        ("centers", "0006_other_names_of_centres"),
        ("slots", "0012_since_when_a_source_covers"),
    ]

    operations = [
        migrations.CreateModel(
            name="CoveredWeek",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "center",
                        "test_type",
                        "monday",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("test_type", models.CharField(max_length=50)),
                ("monday", models.DateField()),
                ("since", models.DateTimeField()),
                (
                    "center",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="centers.center",
                    ),
                ),
            ],
            options={
                "ordering": ["center", "test_type", "monday"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("test_type__in", ["practical", "theory"])),
                        name="covered_week_test_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("monday__iso_week_day", 1)), name="covered_week_monday"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
