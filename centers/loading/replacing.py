"""Replacing the stored postcodes by those of a published list, all at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from audit.trail import Actor, record
from centers.files import BadFile
from centers.loading.files import Piece, Progress, read_file
from centers.loading.rows import Rejections, Sieve
from centers.placing import fill_nations

# A list with less than half of what is stored is more likely a wrong file than a new country.
SUSPICIOUS_SHARE = 0.5
SUSPICIOUS_FROM = 1000

# Both names are ours, never a file's.
TABLE = "centers_postcode"
INCOMING = "pg_temp.incoming_postcode"
SAME = "new.postcode = old.postcode"

CHANGES = f"""
CREATE TEMP TABLE postcode_change ON COMMIT DROP AS
SELECT coalesce(new.postcode, old.postcode) AS postcode,
    new.latitude, new.longitude, new.ended, new.nation,
    new.postcode IS NULL AS gone, old.postcode IS NULL AS added
FROM {INCOMING} AS new FULL JOIN {TABLE} AS old USING (postcode)
WHERE new.postcode IS NULL OR old.postcode IS NULL
    OR (new.latitude, new.longitude, new.ended, new.nation)
        IS DISTINCT FROM (old.latitude, old.longitude, old.ended, old.nation)
"""  # noqa: S608
REMOVE = f"DELETE FROM {TABLE} AS old USING postcode_change AS new WHERE gone AND {SAME}"  # noqa: S608
CHANGE = f"""
UPDATE {TABLE} AS old
SET latitude = new.latitude, longitude = new.longitude, ended = new.ended, nation = new.nation
FROM postcode_change AS new WHERE NOT gone AND NOT added AND {SAME}
"""  # noqa: S608
ADD = f"""
INSERT INTO {TABLE} (postcode, latitude, longitude, ended, nation)
SELECT postcode, latitude, longitude, ended, nation
FROM postcode_change WHERE added ORDER BY postcode
"""  # noqa: S608


@dataclass(frozen=True)
class Loaded:
    """What a load did, or would have done: rows of the file, and changes to what was stored."""

    accepted: int
    rejections: Rejections
    added: int = 0
    changed: int = 0
    removed: int = 0


def _no_progress(position: int) -> None:
    """Nobody watches."""


def check_postcodes(path: Path, *, progress: Progress = _no_progress) -> Loaded:
    """Read a list as a load would and change nothing; raises BadFile as `load_postcodes` does."""
    layout, pieces = read_file(path, progress)
    sieve = Sieve(layout, careful=True)
    for piece in pieces:
        sieve.pass_through(piece)
    sieve.finish()
    return _unless_empty(Loaded(sieve.accepted, sieve.rejections))


def load_postcodes(
    path: Path, *, actor: Actor | None, force: bool = False, progress: Progress = _no_progress
) -> Loaded:
    """Replace all stored postcodes by a list's, in one transaction; readers see old or new.

    Only the first load, into an empty table, makes readers wait for its end. Raises
    BadFile, with nothing changed, for what is no such list, holds no good row, or holds less than
    half of what is stored (unless `force`). Bundled sectors and outcodes stay. Centres get the
    nations of their postcodes.
    """
    try:
        return _load(path, actor=actor, force=force, progress=progress, careful=False)
    except IntegrityError:
        # The primary key met a postcode twice; the careful way finds and names each such row.
        return _load(path, actor=actor, force=force, progress=progress, careful=True)


@transaction.atomic
def _load(
    path: Path, *, actor: Actor | None, force: bool, progress: Progress, careful: bool
) -> Loaded:
    layout, pieces = read_file(path, progress)
    sieve = Sieve(layout, careful=careful)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        # Other loads wait.
        cursor.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
        stored = _count(cursor)
        write = _merge if stored else _fill
        added, changed, removed = write(cursor, layout.columns, pieces, sieve)
    loaded = _unless_empty(Loaded(sieve.accepted, sieve.rejections, added, changed, removed))
    _unless_shrunk(loaded.accepted, stored, force=force)
    fill_nations()
    record("postcodes.loaded", actor=actor, subject=None, file=path.name, **summary(loaded))
    return loaded


def summary(loaded: Loaded) -> dict[str, int]:
    """The counts alone."""
    return {
        "accepted": loaded.accepted,
        "added": loaded.added,
        "changed": loaded.changed,
        "removed": loaded.removed,
        "rejected": loaded.rejections.counts.total(),
        "skipped": loaded.rejections.skipped,
    }


def _count(cursor: CursorWrapper) -> int:
    cursor.execute(f"SELECT count(*) FROM {TABLE}")  # noqa: S608
    return int(cursor.fetchone()[0])


def _copy(
    cursor: CursorWrapper,
    table: str,
    columns: tuple[str, ...],
    pieces: Iterable[Piece],
    sieve: Sieve,
) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
    with cursor.copy(statement) as copy:
        for piece in pieces:
            copy.write(sieve.pass_through(piece))
        sieve.finish()


def _fill(
    cursor: CursorWrapper,
    columns: tuple[str, ...],
    pieces: Iterable[Piece],
    sieve: Sieve,
) -> tuple[int, int, int]:
    """Straight into the empty table, whose key is built once all rows are there.

    Until the commit, readers wait; before it they had nothing to read.
    """
    cursor.execute("SELECT centers_postcode_without_key()")
    _copy(cursor, TABLE, columns, pieces, sieve)
    added = cursor.rowcount
    cursor.execute("SELECT centers_postcode_with_key()")
    return added, 0, 0


def _merge(
    cursor: CursorWrapper,
    columns: tuple[str, ...],
    pieces: Iterable[Piece],
    sieve: Sieve,
) -> tuple[int, int, int]:
    """By way of a temporary table, so that only what differs is written.

    Answers how many were added, changed and removed.
    """
    cursor.execute(f"DROP TABLE IF EXISTS {INCOMING}, pg_temp.postcode_change")
    cursor.execute(f"CREATE TEMP TABLE incoming_postcode (LIKE {TABLE}) ON COMMIT DROP")
    _copy(cursor, INCOMING, columns, pieces, sieve)
    cursor.execute(f"ALTER TABLE {INCOMING} ADD PRIMARY KEY (postcode)")
    # Both sides lie sorted in their primary keys: merged, they take half the time of hashing.
    cursor.execute("SET LOCAL enable_hashjoin = off")
    cursor.execute(CHANGES)
    cursor.execute("SET LOCAL enable_hashjoin = on")
    removed, changed, added = (_touched(cursor, sql) for sql in (REMOVE, CHANGE, ADD))
    return added, changed, removed


def _touched(cursor: CursorWrapper, statement: str) -> int:
    cursor.execute(statement)
    return cursor.rowcount


def _unless_empty(loaded: Loaded) -> Loaded:
    if loaded.accepted:
        return loaded
    first = loaded.rejections.examples[:1]
    why = f": line {first[0].row}, {first[0].reason}" if first else ""
    raise BadFile(f"The file holds no postcode that can be loaded{why}.")


def _unless_shrunk(accepted: int, stored: int, *, force: bool) -> None:
    if not force and stored >= SUSPICIOUS_FROM and accepted < stored * SUSPICIOUS_SHARE:
        raise BadFile(
            f"The file holds {accepted:,} postcodes where {stored:,} are stored; "
            "say --force if it is to replace them."
        )
