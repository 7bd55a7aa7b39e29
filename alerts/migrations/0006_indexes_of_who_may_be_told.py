"""Matching asks of each of thousands of users whether they may be told: two indexes answer."""

from django.db import migrations

CREATE = """
CREATE INDEX users_inactive ON users (user_id) WHERE NOT is_active;
CREATE INDEX emailaddress_verified ON account_emailaddress (user_id)
    WHERE "primary" AND verified;
"""
DROP = """
DROP INDEX emailaddress_verified;
DROP INDEX users_inactive;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0001_initial"),
        ("accounts", "0001_initial"),
        ("alerts", "0005_quiet_hours_in_sql"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
