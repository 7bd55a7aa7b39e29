"""What holds once every app has migrated: the default roles, and who may touch which table."""

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

from accounts.roles import keep_default_roles

GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE UPDATE, DELETE, TRUNCATE ON auditlogs FROM {role};
"""


def keep_roles_and_grants(*, using: str, **kwargs: Any) -> None:
    """Runs after the last `post_migrate`: roles as data, grants for the application's role."""
    tables = connections[using].introspection.table_names()
    if "roles" in tables and "auditlogs" in tables:
        keep_default_roles(using=using)
        grant_to_application(using=using)


def grant_to_application(*, using: str) -> None:
    """Give the application's database role its rights; the owner keeps DDL and the audit log."""
    if settings.APPLICATION_ROLE in ("", settings.OWNER_ROLE):
        return
    with connections[using].cursor() as cursor:
        cursor.execute(sql.SQL(GRANTS).format(role=sql.Identifier(settings.APPLICATION_ROLE)))
