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
# They let entries of the audit log go, and triggers alone may call them; a restored dump holds no
# rights, and a migration taken back leaves some of them out.
FOR_TRIGGERS_ALONE = """
DO $$
DECLARE
    name regprocedure;
BEGIN
    FOR name IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proname IN ('audit_let_go', 'audit_erase', 'accounts_leave_a_witness')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
    END LOOP;
END
$$
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
        cursor.execute(FOR_TRIGGERS_ALONE)
