"""Openings are told in waves, and learners say what became of a slot."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0021_unsent_reasons_are_checked"),
        ("slots", "0015_waves_of_openings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Wave",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.SmallIntegerField()),
                ("waiting", models.IntegerField()),
                ("told", models.IntegerField()),
                ("told_so_far", models.IntegerField()),
                ("last_alerts", models.IntegerField(null=True)),
                ("last_lot", models.CharField(max_length=64, null=True)),
                (
                    "told_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "opening",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waves",
                        to="slots.slotopening",
                    ),
                ),
            ],
            options={
                "ordering": ["opening", "number"],
                "indexes": [models.Index(fields=["told_at"], name="waves_told")],
                "constraints": [
                    models.UniqueConstraint(fields=("opening", "number"), name="wave_once"),
                    models.CheckConstraint(
                        condition=models.Q(number__gte=1, told__gte=0, told_so_far__gte=0),
                        name="wave_counts",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="useralert",
            name="wave",
            field=models.SmallIntegerField(
                blank=True, help_text="empty where everyone was told at once", null=True
            ),
        ),
        migrations.AddField(
            model_name="useralert",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[("gone", "It’s gone"), ("got_it", "I got it")],
                help_text="what the learner said became of the slot",
                max_length=10,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="useralert",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddConstraintNotValid(
            model_name="useralert",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__isnull", True), ("answered_at__isnull", True))
                | models.Q(("answer__in", ["gone", "got_it"]), ("answered_at__isnull", False)),
                name="alert_answer",
            ),
        ),
    ]
