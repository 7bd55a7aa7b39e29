"""The few openings whose next wave is yet to come, which every round of matching asks for."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("slots", "0015_waves_of_openings")]

    operations = [
        AddIndexConcurrently(
            model_name="slotopening",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("next_wave_at__isnull", False)),
                fields=["next_wave_at"],
                name="openings_in_waves",
            ),
        ),
    ]
