"""A draw counts each learner's alerts of a week, and "gone" those who said so, by an index."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    # The table is live: its indexes are built beside what goes on.
    atomic = False

    dependencies = [("alerts", "0022_waves")]

    operations = [
        ValidateConstraint(model_name="useralert", name="alert_answer"),
        AddIndexConcurrently(
            model_name="useralert",
            index=models.Index(fields=["user", "created_at"], name="alerts_of_a_week"),
        ),
        AddIndexConcurrently(
            model_name="useralert",
            index=models.Index(
                condition=models.Q(("answer__isnull", False)),
                fields=["opening"],
                name="alerts_answered",
            ),
        ),
        # The first of these does what the index of users alone did.
        migrations.AlterField(
            model_name="useralert",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="alerts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
