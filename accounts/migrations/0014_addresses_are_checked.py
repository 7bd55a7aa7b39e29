"""Every stored address is plain: the database may rely on it."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

VALIDATE = "ALTER TABLE account_emailaddress VALIDATE CONSTRAINT emailaddress_plain"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_addresses_made_plain")]

    operations = [
        ValidateConstraint(model_name="user", name="users_plain_email"),
        migrations.RunSQL(VALIDATE, migrations.RunSQL.noop),
    ]
