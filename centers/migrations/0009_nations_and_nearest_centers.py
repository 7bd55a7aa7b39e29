"""In which nation a postcode and a centre is, and which centres DVSA lists as nearest to another."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

NATIONS = [("ENG", "England"), ("SCT", "Scotland"), ("WLS", "Wales")]
KNOWN = models.Q(nation__in=["ENG", "SCT", "WLS"])


class Migration(migrations.Migration):
    dependencies = [("centers", "0008_rules_of_2026")]

    operations = [
        migrations.AddField(
            model_name="center",
            name="nation",
            field=models.CharField(
                blank=True, choices=NATIONS, editable=False, max_length=3, null=True
            ),
        ),
        migrations.AddField(
            model_name="postcode",
            name="nation",
            field=models.CharField(choices=NATIONS, max_length=3, null=True),
        ),
        AddConstraintNotValid(
            model_name="center",
            constraint=models.CheckConstraint(condition=KNOWN, name="centers_nation"),
        ),
        AddConstraintNotValid(
            model_name="postcode",
            constraint=models.CheckConstraint(condition=KNOWN, name="postcode_nation"),
        ),
        migrations.CreateModel(
            name="NearestCenter",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField()),
                (
                    "center",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="nearest",
                        to="centers.center",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="centers.center",
                        verbose_name="nearest centre",
                    ),
                ),
            ],
            options={
                "verbose_name": "nearest centre",
                "verbose_name_plural": "nearest centres",
                "ordering": ["center__name", "rank"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("center", "rank"),
                        name="nearest_center_rank_once",
                        violation_error_message="That centre has another of this rank: change that one.",
                    ),
                    models.UniqueConstraint(
                        fields=("center", "other"),
                        name="nearest_center_once",
                        violation_error_message="That centre lists this one already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rank__gte", 1)), name="nearest_center_rank_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("center", models.F("other")), _negated=True),
                        name="nearest_center_is_another",
                        violation_error_message="Choose another centre than the one itself.",
                    ),
                ],
            },
        ),
    ]
