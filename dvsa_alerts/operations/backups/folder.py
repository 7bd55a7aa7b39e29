"""A folder of backups: their names say as of which moment they are, so the newest sorts last.

Whatever else lies there, a copy under another name say, is left alone and doesn't count.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

NAME = "slot-alerts-%Y%m%dT%H%M%S.%fZ.tar"
BACKUP = re.compile(r"slot-alerts-\d{8}T\d{6}\.\d{6}Z\.tar")
UNFINISHED = ".slot-alerts-*.part"


def backup_name(moment: datetime) -> str:
    """The file's name for a backup as of a moment (aware)."""
    return moment.astimezone(UTC).strftime(NAME)


def newest_moment(folder: Path) -> datetime | None:
    """As of when (UTC) its newest backup is; None where there is none. Raises OSError."""
    found = _backups(folder)
    return datetime.strptime(found[-1].name, NAME).replace(tzinfo=UTC) if found else None


def remove_unfinished(folder: Path) -> None:
    """What a killed backup has left behind."""
    for path in folder.glob(UNFINISHED):
        path.unlink()


def remove_all_but(folder: Path, newest: int) -> list[str]:
    """Remove the older backups; their names. One that someone else has removed is gone too."""
    old = _backups(folder)[:-newest]
    for path in old:
        path.unlink(missing_ok=True)
    return [path.name for path in old]


def _backups(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if BACKUP.fullmatch(path.name))
