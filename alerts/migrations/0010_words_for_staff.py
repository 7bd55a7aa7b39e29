"""What staff read in menus: settings, batches, openings, alerts. Nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0009_indexes_for_staff"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="breaker",
            options={"ordering": ["provider"], "verbose_name": "failing provider"},
        ),
        migrations.AlterModelOptions(
            name="useralert",
            options={"ordering": ["-id"], "verbose_name": "alert"},
        ),
    ]
