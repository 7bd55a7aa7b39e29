"""An opening that may have been announced before the database was restored is quiet."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

QUIET = [
    ("baseline", "listed when the source first covered the centre"),
    ("returned", "came back after a mass closing"),
    ("restored", "may have been announced before the database was restored"),
]


class Migration(migrations.Migration):
    # Each step on its own: the table is looked through without a lock that anybody waits for.
    atomic = False

    dependencies = [("slots", "0007_silence_noticed")]

    operations = [
        migrations.AlterField(
            model_name="slotopening",
            name="quiet",
            field=models.CharField(
                blank=True,
                choices=QUIET,
                help_text="why nobody is alerted; empty when everybody concerned is",
                max_length=10,
                null=True,
            ),
        ),
        migrations.RemoveConstraint(model_name="slotopening", name="opening_quiet"),
        AddConstraintNotValid(
            model_name="slotopening",
            constraint=models.CheckConstraint(
                condition=Q(quiet__in=["baseline", "returned", "restored"]), name="opening_quiet"
            ),
        ),
        ValidateConstraint(model_name="slotopening", name="opening_quiet"),
    ]
