"""Looked through in a transaction of its own: nobody who sends waits for it."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("alerts", "0037_each_webhook_is_told_once")]

    operations = [
        ValidateConstraint(model_name="useralert", name="alert_reason"),
        ValidateConstraint(model_name="delivery", name="delivery_reason"),
        ValidateConstraint(model_name="delivery", name="delivery_channel"),
        ValidateConstraint(model_name="delivery", name="delivery_target"),
    ]
