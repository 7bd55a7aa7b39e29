"""An import killed at a random moment leaves all or nothing of a batch; the next try ends it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.db import connection

from slots.models import FeedBatch, SlotOpening
from tests.drills.feeds import (
    Recomputed,
    made_feed,
    make_centers_of,
    open_now,
    openings_are_sound,
)  # fmt: skip
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]
# By this name the database knows the backend of the process that is killed.
IMPORTER = "killed_import"


@pytest.fixture
def files(tmp_path, seed, transactional_db) -> list[Path]:
    """So much that an import of it takes a while."""
    found = made_feed(tmp_path, seed, 12, centers=40, each=30)
    make_centers_of(found)
    return found


def start(files: list[Path]) -> subprocess.Popen:
    words = ("import_slots", *map(str, files), "--source", "feed", "--create")
    command = [sys.executable, "manage.py", *words]
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=os.environ | {"PGAPPNAME": IMPORTER},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def batches_in() -> int:
    return FeedBatch.objects.count()


def its_backend_is_gone() -> bool:
    """The killed process's backend has noticed, and its transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [IMPORTER],
        )
        return cursor.fetchone()[0] == 0


def check_all_or_nothing(files: list[Path]) -> None:
    """What is there is what the batches that are there lead to."""
    count = Recomputed()
    for file in files[: batches_in()]:
        count.take(json.loads(file.read_text()))
    assert open_now() == count.to_come()
    assert SlotOpening.objects.count() == count.openings
    assert openings_are_sound()


def kill_at_random(files: list[Path], rng: Random) -> None:
    """Start an import, and kill it within the time that one batch takes after some batch."""
    before, after = batches_in(), rng.randrange(2)
    process = start(files)
    reached = lambda: batches_in() >= before + after or process.poll() is not None  # noqa: E731
    assert wait_until(reached, seconds=180, every=0.01)
    time.sleep(rng.random() * (0.1 if after else 1.0))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert wait_until(its_backend_is_gone, seconds=180, every=0.01)


def drill(files: list[Path], seed: int, kills: int) -> None:
    rng = Random(seed)
    for _ in range(kills):
        kill_at_random(files, rng)
        check_all_or_nothing(files)
    assert start(files).wait() == 0
    assert batches_in() == len(files)
    check_all_or_nothing(files)


@pytest.mark.usual
def test_six_kills_leave_all_or_nothing_of_each_batch(files, seed):
    drill(files, seed, 6)


@pytest.mark.long
def test_fifty_kills_leave_all_or_nothing_of_each_batch(tmp_path, seed, transactional_db):
    files = made_feed(tmp_path, seed, 80, centers=40, each=30)
    make_centers_of(files)
    drill(files, seed, 50)
