"""Looked through in a transaction of its own: nobody who saves a search waits for it."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_excluded_dates")]

    operations = [
        ValidateConstraint(model_name="savedsearch", name="preferences_excluded_dates_end")
    ]
