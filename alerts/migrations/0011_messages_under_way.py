"""What is under way is found among millions of alerts, whatever has long been sent."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The table is live: its index is built beside what goes on.
    atomic = False

    dependencies = [("alerts", "0010_words_for_staff")]

    operations = [
        AddIndexConcurrently(
            model_name="useralert",
            index=models.Index(
                condition=models.Q(("notification__isnull", False), ("state", "waiting")),
                fields=["notification"],
                name="alerts_underway",
            ),
        ),
    ]
