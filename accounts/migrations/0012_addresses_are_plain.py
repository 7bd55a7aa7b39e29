"""From now on no address is written that can't be read as it was typed; see `accounts.addresses`."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import accounts.addresses

# As it was when this was written; the addresses of a user lie in allauth's table.
PLAIN = (
    r"^(?=.{1,254}$)"
    r"[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$"
)
CONSTRAIN = f"""
ALTER TABLE account_emailaddress
    ADD CONSTRAINT emailaddress_plain CHECK (email ~ '{PLAIN}') NOT VALID
"""
FREE = "ALTER TABLE account_emailaddress DROP CONSTRAINT emailaddress_plain"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_erased_users_leave_a_witness"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(
                max_length=255, unique=True, validators=[accounts.addresses.check_address]
            ),
        ),
        AddConstraintNotValid(
            model_name="user",
            constraint=models.CheckConstraint(
                name="users_plain_email",
                condition=models.Q(email__regex=PLAIN.replace("''", "'")),
            ),
        ),
        migrations.RunSQL(CONSTRAIN, FREE),
    ]
