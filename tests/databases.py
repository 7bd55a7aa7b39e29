"""Test databases: one migrated template, a clone of it for each worker, and a way to empty one.

Tests connect as the application. The owner's connection is used only here: to migrate the
template, to clone it, and to empty a clone (the application may neither TRUNCATE nor touch
the audit log, and triggers that forbid it rest under `session_replication_role = replica`).
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection as django_connection
from psycopg import sql

from dvsa_alerts.dev.migrated import TEMPLATE

# Filled by migrations and read by everybody: emptying a database leaves these alone.
KEPT_TABLES = {
    "django_migrations", "django_content_type", "auth_permission", "spatial_ref_sys",
    "centers_rule",
}  # fmt: skip

RESTART_SEQUENCES = """
SELECT setval(seqrelid, seqstart, false)
  FROM pg_sequence
  JOIN pg_depend ON objid = seqrelid AND deptype IN ('a', 'i')
  JOIN pg_class ON pg_class.oid = refobjid
 WHERE relnamespace = 'public'::regnamespace AND relname <> ALL (%s)
"""


def owner_connection(name: str) -> psycopg.Connection:
    """Connect to a database of the throw-away cluster as the owner of the schema."""
    config = settings.ENVIRONMENT.owner_database
    return psycopg.connect(
        dbname=name, user=config["USER"], host=config["HOST"], autocommit=True, connect_timeout=10
    )


def superuser_connection(name: str, host: str) -> psycopg.Connection:
    """Connect to a cluster as the user who made it."""
    return psycopg.connect(
        dbname=name, user="postgres", host=host, autocommit=True, connect_timeout=10
    )


def url_of(name: str, role: str) -> str:
    """The URL under which a process of ours reaches a test database."""
    return f"postgis://{role}@/{name}?host={settings.ENVIRONMENT.owner_database['HOST']}"


@contextmanager
def only_one_process(lock_file: Path) -> Iterator[None]:
    """Hold an exclusive lock between the test workers of one run."""
    with lock_file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_template(run_folder: Path) -> None:
    """Migrate the template once for each test run: what follows migrations may be new."""
    done = run_folder / "template-made"
    with only_one_process(run_folder / "template.lock"):
        if not done.exists():
            migrate(TEMPLATE)
            done.touch()


def recreate(name: str, template: str = "template1") -> None:
    """Make a database once more as a copy of another."""
    with owner_connection("postgres") as connection:
        drop(name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def drop(name: str) -> None:
    """Drop a database, ending whatever is still connected to it."""
    with owner_connection("postgres") as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def migrate(name: str, *arguments: str) -> None:
    """Run `manage.py migrate` on a database, as the owner, in a process of its own."""
    manage("migrate", "--verbosity", "0", *arguments, database=name)


def manage(*arguments: str, database: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` against a test database in a process of its own."""
    environment = os.environ | {
        "DATABASE_URL": url_of(database, settings.APPLICATION_ROLE),
        "DATABASE_OWNER_URL": url_of(database, settings.OWNER_ROLE),
    }
    result = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if check and result.returncode:
        raise AssertionError(f"manage.py {' '.join(arguments)}: {result.stdout}{result.stderr}")
    return result


@contextmanager
def used_here(name: str, host: str | None = None, role: str | None = None) -> Iterator[None]:
    """Point this process's connection at another database for a while."""
    values = django_connection.settings_dict
    before = {key: values[key] for key in ("HOST", "NAME", "USER")}
    django_connection.close()
    values |= {"NAME": name, "HOST": host or before["HOST"], "USER": role or before["USER"]}
    try:
        yield
    finally:
        django_connection.close()
        values |= before


def empty(name: str) -> None:
    """Empty every table but those that migrations fill, once nobody writes there any more.

    By rows: a few are gone long before TRUNCATE has made new files for all tables.
    """
    with owner_connection(name) as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        tables = _emptied_tables(connection)
        connection.execute(sql.SQL("LOCK {} IN EXCLUSIVE MODE").format(sql.SQL(", ").join(tables)))
        for table in tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(table))
        connection.execute(RESTART_SEQUENCES, [list(KEPT_TABLES)])


def date_entry(entry: Any, moment: datetime) -> None:
    """Give a committed entry of the audit log another time, which its own triggers refuse."""
    with owner_connection(django_connection.settings_dict["NAME"]) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE auditlogs SET timestamp = %s WHERE log_id = %s", [moment, entry.pk])


def _emptied_tables(connection: psycopg.Connection) -> list[sql.Identifier]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [sql.Identifier(row[0]) for row in rows if row[0] not in KEPT_TABLES]
