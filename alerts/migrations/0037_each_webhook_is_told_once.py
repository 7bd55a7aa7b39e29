"""One message of a notification to each webhook; and those few are found among millions."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

CREATE = """
CREATE UNIQUE INDEX CONCURRENTLY delivery_once_per_webhook
    ON alerts_delivery (webhook_id, notification_id) WHERE webhook_id IS NOT NULL
"""
DROP = "DROP INDEX CONCURRENTLY delivery_once_per_webhook"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("alerts", "0036_webhooks")]

    operations = [
        migrations.RunSQL(
            CREATE,
            DROP,
            state_operations=[
                migrations.AddConstraint(
                    model_name="delivery",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("webhook__isnull", False)),
                        fields=("webhook", "notification"),
                        name="delivery_once_per_webhook",
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("channel", "webhook")),
                fields=["id"],
                name="deliveries_to_webhooks",
            ),
        ),
    ]
