"""What staff read in menus: settings, batches, openings, alerts. Nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_indexes_for_staff"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditlog",
            options={
                "ordering": ["-id"],
                "verbose_name": "entry of the audit log",
                "verbose_name_plural": "audit log",
            },
        ),
        migrations.AlterModelOptions(
            name="systemconfig",
            options={"ordering": ["key"], "verbose_name": "setting"},
        ),
    ]
