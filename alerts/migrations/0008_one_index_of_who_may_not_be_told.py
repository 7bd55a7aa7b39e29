"""Who may not be told are few beside those who may: one small index answers matching's question."""

from django.db import migrations

NOT_TOLD = """
CREATE INDEX CONCURRENTLY users_not_told ON users (user_id)
 WHERE NOT (is_active AND email_verified)
"""
INACTIVE = "CREATE INDEX CONCURRENTLY users_inactive ON users (user_id) WHERE NOT is_active"
VERIFIED = """
CREATE INDEX CONCURRENTLY emailaddress_verified ON account_emailaddress (user_id)
 WHERE "primary" AND verified
"""


def _drop(index: str) -> str:
    return f"DROP INDEX CONCURRENTLY {index}"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0008_verified_so_far"),
        ("alerts", "0007_search_endings"),
    ]

    operations = [
        migrations.RunSQL(NOT_TOLD, _drop("users_not_told")),
        migrations.RunSQL(_drop("users_inactive"), INACTIVE),
        migrations.RunSQL(_drop("emailaddress_verified"), VERIFIED),
    ]
