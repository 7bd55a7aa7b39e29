"""Drill: the log archived by pgBackRest, the machine lost, and a recovery to a moment before that.

With the configuration that stands under deploy/; only its folders are the drill's own.
"""

import re
import shutil
import subprocess

import pytest
from django.conf import settings
from django.db import connection, transaction

from alerts.delivery.gather import gather_notifications
from dvsa_alerts.dev.folders import as_server_user
from dvsa_alerts.operations.backups.backup import LEFT_EMPTY
from dvsa_alerts.operations.backups.table_sums import own_tables, table_sums
from tests import databases
from tests.drills.recovering import (
    NOTHING_WRONG,
    erase_one,
    manage,
    migrated,
    settled,
    timed,
    workers,
)
from tests.drills.senders import pause
from tests.servers import OwnPostgres, own_folder, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.drill,
    pytest.mark.skipif(not shutil.which("pgbackrest"), reason="pgbackrest is not installed"),
]

DEPLOY = settings.BASE_DIR / "deploy"
SETTING = re.compile(r"^(\w+) = '?(.*?)'?$", re.MULTILINE)


def archiving() -> tuple[str, ...]:
    """The settings of deploy/postgresql/archiving.conf."""
    text = (DEPLOY / "postgresql" / "archiving.conf").read_text()
    return tuple(f"{name}={value}" for name, value in SETTING.findall(text))


def pgbackrest(*words: str) -> None:
    """As the user who runs the cluster."""
    command = ["pgbackrest", "--stanza=slot-alerts", *words]
    options = as_server_user()
    ended = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture
def archived_cluster(transactional_db, monkeypatch):
    """A migrated cluster whose log is archived from its first segment on."""
    with own_folder() as folder:
        configuration = folder / "pgbackrest.conf"
        shutil.copy(DEPLOY / "pgbackrest" / "pgbackrest.conf", configuration)
        for name, value in {
            "CONFIG": configuration, "REPO1_PATH": folder / "repository", "LOG_PATH": folder,
            "LOCK_PATH": folder, "PG1_PATH": folder / "postgresql", "PG1_SOCKET_PATH": folder,
        }.items():  # fmt: skip
            monkeypatch.setenv(f"PGBACKREST_{name}", str(value))
        cluster = OwnPostgres(folder, archiving(), migrated=True)
        with migrated(cluster, monkeypatch):
            pgbackrest("stanza-create")
            yield cluster


@pytest.mark.parametrize(
    ("size", "seconds"),
    [((12, 5, 4), 3), pytest.param((200, 60, 25), 120, marks=pytest.mark.long)],
)
def test_nothing_is_wrong_after_a_recovery_to_a_moment(
    archived_cluster, watched, logs, size, seconds
):
    learners, centers, batches = size
    times: dict[str, float] = {}
    listing = watched.town(learners=learners, centers=centers)
    with workers(logs):
        listing.go_on(batches)
        with timed(times, "base backup"):
            pgbackrest("backup", "--type=full")
        listing.go_on(batches)
        moment, sums = quiet_moment()
        erased = erase_one(listing, logs)
        listing.go_on(batches)
        pause(seconds)
        archive_what_is_written()
    archived_cluster.destroy()
    with timed(times, "recovery"):
        recover(archived_cluster, moment)
    assert table_sums_now() == sums
    answer = manage("settle_recovery", "--as-of", moment, "--erased", str(logs))
    assert answer["erased"] == [erased.pk]
    assert watched.check(listing, erased, logs) == NOTHING_WRONG
    rows = sum(each["rows"] for each in sums.values())
    print(f"{rows:,} rows, seconds: {times}")  # noqa: T201 - for a run with -s


def quiet_moment() -> tuple[str, dict]:
    """A moment at which nothing is being written, and what the database holds at it."""
    assert wait_until(lambda: settled() and not gather_notifications(), seconds=180)
    pause(1)
    sums = table_sums_now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment = cursor.fetchone()[0]
    pause(1)
    assert table_sums_now() == sums, "something was written at the quiet moment"
    return moment.isoformat(), sums


def table_sums_now() -> dict:
    """Of all but signs of life, which are given at quiet moments too."""
    without = {*LEFT_EMPTY, "dvsa_alerts_heartbeat"}
    with transaction.atomic():
        return table_sums([name for name in own_tables() if name not in without])


def archive_what_is_written() -> None:
    """As archive_timeout does after a minute."""
    with databases.superuser_connection("app", connection.settings_dict["HOST"]) as superuser:
        switched = "SELECT pg_walfile_name(pg_switch_wal())"
        segment = superuser.execute(switched).fetchone()[0]
        archived = f"SELECT last_archived_wal >= '{segment}' FROM pg_stat_archiver"
        assert wait_until(lambda: superuser.execute(archived).fetchone()[0], seconds=180)


def recover(cluster: OwnPostgres, moment: str) -> None:
    """To the moment, and on a new timeline from there."""
    target = moment.replace("T", " ")
    pgbackrest("restore", "--type=time", f"--target={target}", "--target-action=promote")
    connection.close()
    cluster.start_again()
    assert wait_until(promoted, seconds=120), "the recovery does not come to its end"


def promoted() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT pg_is_in_recovery()")
        return cursor.fetchone()[0]
