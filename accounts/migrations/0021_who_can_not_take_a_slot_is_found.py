"""Whose theory pass is too old for a slot, and who failed too lately, is found among millions."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0020_only_bookable")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("theory_passed_on__isnull", False)),
                fields=["theory_passed_on", "id"],
                name="users_theory_passed",
            ),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("last_failed_on__isnull", False)),
                fields=["last_failed_on", "id"],
                name="users_last_failed",
            ),
        ),
    ]
