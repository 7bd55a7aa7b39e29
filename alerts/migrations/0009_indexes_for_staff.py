"""What was never sent is found among millions that were."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The tables are live: their indexes are built beside what goes on.
    atomic = False

    dependencies = [
        ("accounts", "0009_people_are_found"),
        ("alerts", "0008_one_index_of_who_may_not_be_told"),
        ("slots", "0007_silence_noticed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["expired", "suppressed", "failed"])),
                fields=["id"],
                name="deliveries_unsent",
            ),
        ),
        AddIndexConcurrently(
            model_name="useralert",
            index=models.Index(
                condition=models.Q(("state__in", ["suppressed", "failed"])),
                fields=["id"],
                name="alerts_unsent",
            ),
        ),
    ]
