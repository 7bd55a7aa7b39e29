"""One mail of a message to each companion."""

from django.db import migrations, models

CREATE = """
CREATE UNIQUE INDEX CONCURRENTLY delivery_once_per_companion
    ON alerts_delivery (companion_id, notification_id) WHERE companion_id IS NOT NULL
"""
DROP = "DROP INDEX CONCURRENTLY delivery_once_per_companion"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("alerts", "0029_companions")]

    operations = [
        migrations.RunSQL(
            CREATE,
            DROP,
            state_operations=[
                migrations.AddConstraint(
                    model_name="delivery",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("companion__isnull", False)),
                        fields=("companion", "notification"),
                        name="delivery_once_per_companion",
                    ),
                )
            ],
        )
    ]
