"""The ids of erased users in a small file beside the backups, so that a restore erases them again.

While the database lives, its audit log is the truth. Each backup brings the file up to date with
it, and so does a task that each erasure asks for, and beat every few seconds. A user erased in the
moment before the database is destroyed comes back with a restore, if no worker got to it in time.
An id alone says nothing about anybody once the user is gone.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from audit.hints import publish
from audit.models import AuditLog

FILE = "erased-users.jsonl"
ERASED = ("user.erased", "user.deleted")
# An entry's time is when it was written; its transaction ends later, but never by this much.
LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True)
class Erasure:
    """A user's id, and when (aware) the user was erased."""

    user: int
    at: datetime


def hint_erasure(**kwargs: Any) -> None:
    """Ask for the file to be brought up to date now; receives `alerts.erasure.user_erased`."""
    publish("dvsa_alerts.tasks.keep_erasures")


def keep_erasures(folder: Path) -> int:
    """Append what the audit log knows and the file doesn't; how many erasures that were.

    Whole lines, on the disk before it returns; any number of processes may do it at once.
    """
    with open(os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept = list(_parsed(file.read()))
        missing = _missing(kept)
        if missing:
            file.write("".join(f"\n{_line(erasure)}" for erasure in missing) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


def kept_erasures(folder: Path, *, since: datetime) -> list[Erasure]:
    """Those of the file that a database as of `since` (aware) may not know; none without one."""
    file = folder / FILE
    if not file.exists():
        return []
    earliest = since - LONGEST_TRANSACTION
    return [erasure for erasure in _parsed(file.read_text()) if erasure.at >= earliest]


def _missing(kept: list[Erasure]) -> list[Erasure]:
    """Read from further back than the newest kept: a commit may be later than its entry."""
    entries = AuditLog.objects.filter(action__in=ERASED, subject_type="accounts.user")
    if kept:
        newest = max(erasure.at for erasure in kept)
        entries = entries.filter(timestamp__gte=newest - LONGEST_TRANSACTION)
    found = entries.order_by("id").values_list("subject_id", "timestamp")
    known = set(kept)
    erasures = [Erasure(int(user), at) for user, at in found if user]
    return [erasure for erasure in erasures if erasure not in known]


def _line(erasure: Erasure) -> str:
    return json.dumps({"user": erasure.user, "at": erasure.at.isoformat()})


def _parsed(text: str) -> Iterable[Erasure]:
    """A line that was cut short by a crash doesn't count, and is appended again."""
    for line in text.splitlines():
        try:
            said = json.loads(line)
            yield Erasure(said["user"], datetime.fromisoformat(said["at"]))
        except (ValueError, KeyError, TypeError):
            continue
