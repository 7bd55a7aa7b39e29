"""The few batches that wait for a decision, which every complete batch of their source asks for."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("slots", "0008_openings_quiet_after_a_restore")]

    operations = [
        AddIndexConcurrently(
            model_name="feedbatch",
            index=models.Index(
                condition=models.Q(("status", "held")), fields=["source"], name="batches_held"
            ),
        ),
    ]
