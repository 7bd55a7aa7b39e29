"""What staff read in menus: settings, batches, openings, alerts. Nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("slots", "0009_batches_that_are_held"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="feedbatch",
            options={
                "ordering": ["-id"],
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
            },
        ),
        migrations.AlterModelOptions(
            name="slotopening",
            options={"ordering": ["-id"], "verbose_name": "opening"},
        ),
        migrations.AlterModelOptions(
            name="sourcetoken",
            options={"ordering": ["-id"], "verbose_name": "token"},
        ),
    ]
