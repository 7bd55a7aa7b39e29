"""The few deliveries to companions, which staff may ask for among millions."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("alerts", "0031_deliveries_are_checked")]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("channel", "companion")),
                fields=["id"],
                name="deliveries_to_companions",
            ),
        ),
    ]
