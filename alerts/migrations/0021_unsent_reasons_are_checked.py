"""Looked through in a transaction of its own: nobody who sends waits for it."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("alerts", "0020_slots_that_can_no_longer_be_taken")]

    operations = [
        ValidateConstraint(model_name="useralert", name="alert_reason"),
        ValidateConstraint(model_name="delivery", name="delivery_reason"),
    ]
