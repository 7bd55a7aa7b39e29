"""The table of which searches reach which centres; its key carries the miles."""

import django.db.models.deletion
from django.db import migrations, models

# Matching reads (search, miles) by centre: from the key alone, without visiting the table.
COVERING_KEY = """
ALTER TABLE alerts_reach
    DROP CONSTRAINT alerts_reach_pkey,
    ADD CONSTRAINT alerts_reach_pkey PRIMARY KEY (center_id, search_id) INCLUDE (miles)
"""
PLAIN_KEY = """
ALTER TABLE alerts_reach
    DROP CONSTRAINT alerts_reach_pkey,
    ADD CONSTRAINT alerts_reach_pkey PRIMARY KEY (center_id, search_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("alerts", "0001_initial"),
        ("centers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reach",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "center",
                        "search",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("miles", models.FloatField(null=True)),
                (
                    "center",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="centers.center",
                    ),
                ),
                (
                    "search",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.savedsearch",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "reach",
                "ordering": ["center", "search"],
            },
        ),
        migrations.RunSQL(COVERING_KEY, PLAIN_KEY),
    ]
