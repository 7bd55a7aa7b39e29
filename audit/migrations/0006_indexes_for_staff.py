"""Staff read the log by what was done, and by who did it: both have an index, newest first."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The tables are live: their indexes are built beside what goes on.
    atomic = False

    dependencies = [
        ("audit", "0005_indexes_of_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="auditlog",
            index=models.Index(fields=["action", "-id"], name="auditlogs_action"),
        ),
        AddIndexConcurrently(
            model_name="auditlog",
            index=models.Index(fields=["user", "-id"], name="auditlogs_user"),
        ),
        migrations.AlterField(
            model_name="auditlog",
            name="user",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
