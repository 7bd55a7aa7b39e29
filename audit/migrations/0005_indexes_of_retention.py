"""What retention looks for in the audit log: entries with an address, and entries that sign off."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audit", "0004_addresses_go_before_their_entries")]

    operations = [
        AddIndexConcurrently(
            model_name="auditlog",
            index=models.Index(
                condition=models.Q(("ip__isnull", False)),
                fields=["timestamp"],
                name="auditlogs_addresses",
            ),
        ),
        AddIndexConcurrently(
            model_name="auditlog",
            index=models.Index(
                condition=models.Q(("action", "audit.pruned")),
                fields=["chain_no"],
                name="auditlogs_signed_off",
            ),
        ),
    ]
