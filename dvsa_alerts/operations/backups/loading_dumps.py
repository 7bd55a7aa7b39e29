"""Loading a dump within a transaction of ours: pg_restore writes the SQL, and we execute it.

pg_restore on its own commits as it goes, or at its end, before anybody could verify anything.
"""

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.db import connection

from dvsa_alerts.operations.backups.encryption import decrypting, last_words
from dvsa_alerts.operations.backups.encryption import environment as encryption_environment
from dvsa_alerts.operations.backups.files import Backup, BadBackup, Progress, dump_bytes
from dvsa_alerts.operations.backups.postgres_programs import program

# Extensions are the cluster's set-up; what begins with a backslash is meant for psql. Without a
# search path PostGIS's operators are not found: IS DISTINCT FROM, which can't name a schema, would
# silently compare places as bytes.
NOT_OURS = re.compile(
    rb"^(CREATE EXTENSION |COMMENT ON EXTENSION |\\(un)?restrict "
    rb"|SELECT pg_catalog\.set_config\('search_path', '')"
)
COPY = re.compile(rb"^COPY .* FROM stdin;\n$")
END_OF_COPY = b"\\.\n"
COPY_BYTES = 256 * 1024


def load_dump(backup: Backup, *, identity: Path | None, progress: Progress) -> None:
    """Make the schema, fill it, and make its indexes, constraints and triggers.

    Leaves settings in the session, which the caller has to close. Raises BadBackup or
    psycopg.Error.
    """
    opening = _opening(backup, identity)
    with _script("pre-data", backup, opening) as lines:
        _execute(b"".join(line for line in lines if not NOT_OURS.match(line)))
    with _script("data", backup, opening, progress) as lines:
        _fill(lines)
    with _script("post-data", backup, opening) as lines:
        _execute(b"".join(line for line in lines if not NOT_OURS.match(line)))


def _opening(backup: Backup, identity: Path | None) -> list[str] | None:
    """The command that decrypts it, None for one that is not encrypted."""
    ending = Path(backup.manifest["dump"]["name"]).suffix.removeprefix(".")
    return None if ending == "dump" else decrypting(ending, identity)


def _execute(statements: bytes) -> None:
    _raw().execute(statements)


def _raw() -> Any:
    """psycopg's own connection: Django's cursor would look for parameters in every %."""
    connection.ensure_connection()
    return connection.connection


def _fill(lines: Iterator[bytes]) -> None:
    """Statements one by one, and what follows a COPY up to its end."""
    statement = b""
    for line in lines:
        if COPY.match(line):
            _copy(line, lines)
        elif not NOT_OURS.match(line):
            statement += line
    _execute(statement)


def _copy(statement: bytes, lines: Iterator[bytes]) -> None:
    with _raw().cursor() as cursor, cursor.copy(statement) as copy:
        block = bytearray()
        for line in lines:
            if line == END_OF_COPY:
                break
            block += line
            if len(block) > COPY_BYTES:
                copy.write(bytes(block))
                block.clear()
        copy.write(bytes(block))


@contextmanager
def _script(
    section: str, backup: Backup, opening: list[str] | None, progress: Progress = lambda count: None
) -> Iterator[Iterator[bytes]]:
    """The lines of one section's SQL. Raises BadBackup when a program fails."""
    restore = _started([program("pg_restore"), "--file=-", f"--section={section}", "--no-owner"])
    programs = [restore]
    if opening is not None:
        programs.insert(0, _started(opening, output=restore.stdin))
    feeder = threading.Thread(target=_feed, args=(backup, programs[0].stdin, progress))
    feeder.start()
    try:
        yield iter(restore.stdout or ())
        if restore.wait():
            raise BadBackup(f"Nothing was restored: {_reason(programs)}.")
    finally:
        # What decrypts is still writing when pg_restore has seen what it wants.
        for each in programs:
            each.kill()
        feeder.join()
        for each in programs:
            _end(each)


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    process.wait()


def _started(command: list[str], output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """A program that reads from us, and writes to us or to another's input, which it takes over."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, env=encryption_environment(), stdin=pipe, stdout=output or pipe, stderr=pipe
    )
    if output is not None:
        output.close()
    return process


def _feed(backup: Backup, target: IO[bytes], progress: Progress) -> None:
    """pg_restore ends before the end of its input when it has seen what it wants."""
    with suppress(BrokenPipeError):
        for data in dump_bytes(backup):
            target.write(data)
            progress(len(data))
    with suppress(BrokenPipeError):
        target.close()


def _reason(programs: list[subprocess.Popen[bytes]]) -> str:
    """What the first program that failed said last: after it, the next has nothing to read."""
    failed = next(each for each in programs if each.poll())
    return last_words(failed.stderr.read() if failed.stderr else b"")
