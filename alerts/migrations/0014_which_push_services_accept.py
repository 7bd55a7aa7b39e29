"""Whose fault a push service's refusal is shows in what it answers to other devices."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The tables are live: their indexes are built beside what goes on.
    atomic = False

    dependencies = [("alerts", "0013_what_push_services_say_of_devices")]

    operations = [
        AddIndexConcurrently(
            model_name="pushsubscription",
            index=models.Index(
                condition=models.Q(("refused_at__isnull", False)),
                fields=["refused_at"],
                name="push_refused",
            ),
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("channel", "push"), ("state", "accepted")),
                fields=["provider", "accepted_at"],
                name="deliveries_pushed",
            ),
        ),
    ]
