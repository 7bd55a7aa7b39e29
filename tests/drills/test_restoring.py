"""Drill: a backup under work, more work, the cluster destroyed, and a restore into a fresh one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from dvsa_alerts.operations.backups.files import read_backup
from dvsa_alerts.operations.backups.table_sums import table_sums
from tests.drills.listing import Listing
from tests.drills.recovering import (
    NOTHING_WRONG,
    erase_one,
    manage,
    timed,
    workers,
)
from tests.servers import OwnPostgres, own_folder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

# What settling a restored database writes to, or an erasure takes from.
TOUCHED = {
    "account_emailaddress", "alerts_delivery", "alerts_notification", "alerts_reach", "auditlogs",
    "slots_slotopening", "slots_sourcebaseline", "systemconfig", "useralerts", "userpreferences",
    "users",
}  # fmt: skip


@pytest.fixture
def fresh_cluster(monkeypatch):
    """Starts an empty cluster that this process and its children use from then on."""
    with own_folder() as folder:
        cluster = OwnPostgres(folder)

        def start() -> None:
            cluster.start()
            for name, role in (("DATABASE_URL", "app"), ("DATABASE_OWNER_URL", "app_owner")):
                monkeypatch.setenv(name, f"postgis://{role}@/app?host={folder}")
            connection.close()
            connection.settings_dict["HOST"] = cluster.host

        yield start
        connection.close()
        cluster.stop()


@pytest.mark.parametrize("size", [(12, 5, 4), pytest.param((200, 60, 25), marks=pytest.mark.long)])
def test_nothing_is_wrong_after_a_restore(own_postgres, fresh_cluster, watched, logs, size):
    learners, centers, batches = size
    times: dict[str, float] = {}
    listing = watched.town(learners=learners, centers=centers)
    with workers(logs):
        listing.go_on(batches)
        with timed(times, "backup"):
            file = back_up_while_working(listing, logs)
        listing.go_on(batches)
        erased = erase_one(listing, logs)
        listing.go_on(batches)
    own_postgres.destroy()
    fresh_cluster()
    with timed(times, "restore"):
        answer = manage("restore", file)
    tables = read_backup(Path(file)).manifest["tables"]
    left_alone = [name for name in tables if name not in TOUCHED]
    assert answer["tables"] == tables
    assert table_sums(left_alone) == {name: tables[name] for name in left_alone}
    assert answer["erased"] == [erased.pk]
    assert watched.check(listing, erased, logs) == NOTHING_WRONG
    print(f"{answer['rows']:,} rows, seconds: {times}")  # noqa: T201 - for a run with -s


def back_up_while_working(listing: Listing, folder: Path) -> str:
    """Slots go on opening while the backup is made; its file."""
    words = [sys.executable, "manage.py", "backup", str(folder), "--json"]
    with subprocess.Popen(
        words, cwd=settings.BASE_DIR, env=os.environ, stdout=subprocess.PIPE
    ) as backup:
        assert listing.go_on_until(lambda: backup.poll() is not None) > 0
        said, _ = backup.communicate()
    assert backup.returncode == 0
    return str(json.loads(said)["file"])
