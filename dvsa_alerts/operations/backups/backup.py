"""Making a backup: one snapshot of the database, dumped and summed at the same time."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from audit.chain import newest_head
from dvsa_alerts.operations.backups.encryption import Recipient, last_words
from dvsa_alerts.operations.backups.encryption import environment as encryption_environment
from dvsa_alerts.operations.backups.erasures import keep_erasures
from dvsa_alerts.operations.backups.files import (
    DUMP,
    READ_BYTES,
    BackupWriter,
    BadBackup,
    Progress,
    new_file,
)
from dvsa_alerts.operations.backups.folder import backup_name, remove_all_but, remove_unfinished
from dvsa_alerts.operations.backups.postgres_programs import (
    environment,
    program,
    server_major_version,
)
from dvsa_alerts.operations.backups.table_sums import own_tables, table_sums

# What lives for a moment only, and holds people's addresses or is derived: left empty. What
# was signed in signs in again after a restore, and a session that was ended stays so.
LEFT_EMPTY = (
    "accounts_requestwindow",
    "accounts_trywindow",
    "cache",
    "django_session",
    "dvsa_alerts_cacheentry",
    "slots_listingchange",
    "slots_ratewindow",
    "usersessions_usersession",
)
# PostGIS fills it, and only a superuser may.
EXTENSIONS_OWN = "spatial_ref_sys"
LOCK = ".lock"
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
# While the dump is copied, or a program reads it, the transaction has nothing to do but last.
PATIENCE = "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0"


@dataclass(frozen=True)
class Made:
    """A backup that was made, how many erasures were appended, and which older ones went."""

    path: Path
    manifest: dict[str, Any]
    erasures: int
    removed: list[str]


def make_backup(
    folder: Path,
    *,
    recipient: Recipient | None = None,
    keep: int | None = None,
    progress: Progress = lambda count: None,
) -> Made:
    """Write a new backup into the folder; `progress` gets the bytes written. Raises BadBackup.

    Nobody waits for it: it reads one snapshot, and only a schema change would have to wait. Once
    it is whole and on the disk, all but the newest `keep` backups are removed, if that is given.
    """
    with _folder_to_ourselves(folder):
        erasures = keep_erasures(folder)
        with transaction.atomic():
            moment, snapshot = _take_snapshot()
            path = folder / backup_name(moment)
            with new_file(path) as file:
                writer = BackupWriter(file, _dump_name(recipient))
                facts = _dump_and_sum(writer, snapshot, recipient, progress)
                manifest = writer.finish({"made_at": moment.isoformat(), **facts})
        removed = remove_all_but(folder, keep) if keep else []
    return Made(path, manifest, erasures, removed)


@contextmanager
def _folder_to_ourselves(folder: Path) -> Iterator[None]:
    """One backup of a folder at a time; what a killed one has left behind is removed."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BadBackup(f"Nothing was backed up: {folder}: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove_unfinished(folder)
        yield
    except BlockingIOError:
        raise BadBackup(f"Another backup is being written to {folder}.") from None
    finally:
        os.close(lock)


def _take_snapshot() -> tuple[datetime, str]:
    """The moment (UTC, by the database) and the name by which pg_dump sees the same."""
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        cursor.execute(PATIENCE)
        cursor.execute("SELECT statement_timestamp(), pg_export_snapshot()")
        moment, snapshot = cursor.fetchone()
    return moment.astimezone(UTC), snapshot


def _dump_name(recipient: Recipient | None) -> str:
    return f"{DUMP}.{recipient.program}" if recipient else DUMP


def _dump_and_sum(
    writer: BackupWriter, snapshot: str, recipient: Recipient | None, progress: Progress
) -> dict[str, Any]:
    """Copy the dump in a thread of its own while this one reads the tables."""
    with _dumping(snapshot, recipient) as output, ThreadPoolExecutor(1) as thread:
        copied = thread.submit(_copy, output, writer, progress)
        facts = _facts()
        copied.result()
    return facts


def _copy(output: IO[bytes], writer: BackupWriter, progress: Progress) -> None:
    while data := output.read(READ_BYTES):
        writer.write_dump(data)
        progress(len(data))


def _facts() -> dict[str, Any]:
    """What a restore is held to, as of this transaction's snapshot."""
    tables = [name for name in own_tables() if name not in LEFT_EMPTY]
    return {
        "postgresql": server_major_version(),
        "migrations": applied_migrations(),
        "audit_head": str(newest_head()),
        "tables": table_sums(tables),
        "left_empty": list(LEFT_EMPTY),
    }


def applied_migrations() -> list[str]:
    """The schema's version: `app.name` of each migration that the database has, sorted."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


@contextmanager
def _dumping(snapshot: str, recipient: Recipient | None) -> Iterator[IO[bytes]]:
    """The dump's bytes as they come. Raises BadBackup when a program fails, its reason first."""
    with _running(_pg_dump(snapshot), environment(), None) as dump:
        if recipient is None:
            yield _output(dump)
            return
        command = recipient.command()
        with _running(command, encryption_environment(), dump.stdout) as encrypting:
            yield _output(encrypting)


def _pg_dump(snapshot: str) -> list[str]:
    """Owners and rights are the new cluster's own; level 1 is twice as fast as pg_dump's 6."""
    without = (*LEFT_EMPTY, EXTENSIONS_OWN)
    empty = [f"--exclude-table-data=public.{name}" for name in without]
    options = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
    return [program("pg_dump"), *options, f"--snapshot={snapshot}", *empty]


@contextmanager
def _running(
    command: list[str], variables: dict[str, str], source: IO[bytes] | None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that must end well once its output was read; ended with us otherwise."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=variables, stdin=source, stdout=pipe, stderr=pipe
    ) as process:
        if source is not None:
            source.close()  # its own copy is enough: it has to hear when the reader ends
        try:
            yield process
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            raise
        said = last_words(process.stderr.read() if process.stderr else b"")
        if process.wait():
            raise BadBackup(f"Nothing was backed up: {Path(command[0]).name}: {said}.")


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise RuntimeError("the program was started without a pipe")
    return process.stdout
