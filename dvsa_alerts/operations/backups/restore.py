"""Restoring a backup: checked first, then loaded, verified and settled in one transaction.

Nothing of it can be seen before all of it was verified, and whatever fails or is killed on the
way leaves the database as empty as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from audit.chain import Head
from dvsa_alerts.after_migrate import grant_to_application
from dvsa_alerts.operations.backups.backup import PATIENCE
from dvsa_alerts.operations.backups.erasures import kept_erasures
from dvsa_alerts.operations.backups.files import (
    Backup,
    BadBackup,
    Progress,
    check_dump,
    read_backup,
)
from dvsa_alerts.operations.backups.loading_dumps import load_dump
from dvsa_alerts.operations.backups.postgres_programs import server_major_version
from dvsa_alerts.operations.backups.recovery import Settled, settle, verify_chain
from dvsa_alerts.operations.backups.table_sums import Sums, own_tables, table_sums

# Whatever a schema may hold that no extension brought.
OBJECTS = """
SELECT (SELECT count(*) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
           AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
                              AND objid = pg_class.oid AND deptype = 'e'))
     + (SELECT count(*) FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass
                              AND objid = pg_proc.oid AND deptype = 'e'))
"""
Step = Callable[[str], object]


@dataclass(frozen=True)
class Restored:
    """What was restored, as of when (aware), and what was done to it."""

    backup: Backup
    as_of: datetime
    rows: int
    head: Head
    settled: Settled


def restore(
    path: Path,
    *,
    identity: Path | None = None,
    dry_run: bool = False,
    progress: Progress = lambda count: None,
    step: Step = lambda name: None,
) -> Restored:
    """Restore a backup into the empty database. Raises BadBackup, with nothing changed.

    `progress` gets bytes of the dump, twice over: checked, then loaded. `step` gets what is
    being done. `identity` is the file of age's private key. A dry run does it all and undoes it.
    """
    backup = read_backup(path)
    check_version(backup)
    check_empty()
    check_dump(backup, progress=progress)
    try:
        with transaction.atomic():
            restored = _restore(backup, identity, progress, step)
            transaction.set_rollback(dry_run)
    except (DatabaseError, psycopg.Error) as error:
        raise BadBackup(f"Nothing was restored: {_reason(error)}.") from error
    finally:
        connection.close()  # loading has left settings of its own behind
    return restored


def check_version(backup: Backup) -> None:
    """Raises BadBackup for one of another schema, or of a later PostgreSQL than the server."""
    major, ours = backup.manifest["postgresql"], server_major_version()
    if major > ours:
        raise BadBackup(f"The backup is of PostgreSQL {major}, later than this server's {ours}.")
    wanted, known = set(backup.manifest["migrations"]), known_migrations()
    if wanted != known:
        first = min(wanted ^ known)
        side = "the backup has" if first in wanted else "this program has"
        raise BadBackup(
            f"The backup is of another version of the program: only {side} the migration {first}."
        )


def known_migrations() -> set[str]:
    """`app.name` of every migration that this program brings."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}


def check_empty() -> None:
    """Raises BadBackup when the database holds anything but extensions."""
    with connection.cursor() as cursor:
        cursor.execute(OBJECTS)
        count = cursor.fetchone()[0]
    if count:
        name = connection.settings_dict["NAME"]
        raise BadBackup(f"The database {name} is not empty: restore into a new one.")


def _restore(backup: Backup, identity: Path | None, progress: Progress, step: Step) -> Restored:
    step("loading")
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
    load_dump(backup, identity=identity, progress=progress)
    step("verifying")
    rows = _verify_tables(backup.manifest["tables"], backup.manifest["left_empty"], step)
    head = verify_chain(Head.parse(backup.manifest["audit_head"]))
    step("settling")
    _gather_statistics()
    grant_to_application(using="default")
    as_of = datetime.fromisoformat(backup.manifest["made_at"])
    erased = [erasure.user for erasure in kept_erasures(backup.path.parent, since=as_of)]
    settled = settle(as_of=as_of, erased=erased, backup=backup.path.name)
    return Restored(backup, as_of, rows, head, settled)


def _gather_statistics() -> None:
    """What plans and long lists estimate by, which no dump holds."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _verify_tables(wanted: Sums, left_empty: list[str], step: Step) -> int:
    """How many rows there are, each table as the manifest says. Raises BadBackup."""
    tables = own_tables()
    if set(tables) != wanted.keys() | set(left_empty):
        raise BadBackup("Nothing was restored: the tables are not those of the manifest.")
    found = table_sums(
        [name for name in tables if name in wanted],
        progress=lambda name: step(f"verifying {name}"),
    )
    for name, sums in found.items():
        if sums != wanted[name]:
            raise BadBackup(f"Nothing was restored: {name} is not what the manifest says.")
    return sum(sums["rows"] for sums in found.values())


def _reason(error: Exception) -> str:
    """PostgreSQL's own sentence; its details may quote what people have stored."""
    cause = error.__cause__ or error
    said = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
    return said or type(cause).__name__
