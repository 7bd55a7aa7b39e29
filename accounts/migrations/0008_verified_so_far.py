"""Addresses that were verified before the trigger was there; in a transaction of its own."""

from django.db import migrations

BACKFILL = """
UPDATE users SET email_verified = true FROM account_emailaddress address
 WHERE address.user_id = users.user_id AND address."primary" AND address.verified
   AND NOT users.email_verified
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_whose_address_is_verified")]

    operations = [migrations.RunSQL(BACKFILL, migrations.RunSQL.noop)]
