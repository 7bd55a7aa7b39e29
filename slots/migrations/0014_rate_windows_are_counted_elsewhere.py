"""Limits are counted by `accounts`. The table stays for the release before; the next drops it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("slots", "0013_weeks_that_somebody_watched")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="RateWindow")]
        )
    ]
