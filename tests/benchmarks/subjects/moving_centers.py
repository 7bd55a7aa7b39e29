"""Saving searches while an import moves centres: how long the one who waits longest waits."""

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.models import SavedSearch, User
from alerts.matching.reach import settle_reach
from alerts.searches.saving import save_search
from centers.models import Center
from tests.benchmarks.figures import Figure, absolute
from tests.benchmarks.measuring import same
from tests.benchmarks.subjects.saving import NAME, homes, wish_at
from tests.benchmarks.world import World

MOVED, DEGREES = 305, 0.02
COMPARED = 5
COLUMNS = ("code", "name", "postcode", "latitude", "longitude")
STORED = "SELECT center_id, search_id, miles FROM alerts_reach WHERE center_id = ANY (%s)"
COMPUTED = "SELECT center_id, search_id, miles FROM reach_of_centers(%s)"


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Some centres there and back again; Reach is the plain join after both."""
    world.add_searches()
    seconds: list[float] = []
    settling: list[float] = []
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        there, back = Path(folder, "there.csv"), Path(folder, "back.csv")
        moved = min(MOVED, world.centers // 2)
        ids = write_lists(there, back, moved)
        for file in (there, back):
            with ThreadPoolExecutor(1) as pool:
                moving = pool.submit(move, file)
                seconds += save_until(moving, world)
            settling.append(moving.result())
            same(_read(STORED, ids[:COMPARED]), _read(COMPUTED, ids[:COMPARED]))
    what = f"{moved} centres move, with {world.learners:,} searches"
    yield absolute("moving_centers", f"the longest save of a search while {what}", seconds, "s",
                   percentile=100, at_most=0.5)  # fmt: skip
    yield absolute("moving_centers", f"a save of a search while {what}", seconds, "s")
    yield absolute("moving_centers", f"until reach has followed, {what}", settling, "s")


def write_lists(there: Path, back: Path, count: int) -> list[int]:
    """Lists of so many centres, north of where they are and where they are; their ids."""
    centers = list(Center.objects.open().exclude(location=None).order_by("pk")[:count])
    for file, north in ((there, DEGREES), (back, 0)):
        with file.open("w", newline="") as opened:
            rows = csv.writer(opened)
            rows.writerow(COLUMNS)
            for each in centers:
                latitude = float(each.latitude or 0) + north
                rows.writerow((each.code, each.name, each.postcode, latitude, each.longitude))
    return [center.pk for center in centers]


def move(file: Path) -> float:
    """Import a list in a process of its own, and follow to the end; the seconds in all."""
    began = time.perf_counter()
    try:
        subprocess.run(
            [sys.executable, "manage.py", "import_centers", str(file), "--overwrite"],
            cwd=settings.BASE_DIR, capture_output=True, check=True,
        )  # fmt: skip
        while settle_reach(seconds=60):
            pass
    finally:
        connection.close()
    return time.perf_counter() - began


def save_until(moving: Future[float], world: World) -> list[float]:
    """Save a search, change it and delete it, until all has moved; the seconds of each save."""
    places = cycle(homes(world))
    learners = cycle(User.objects.order_by("pk")[:50])
    seconds: list[float] = []
    while not moving.done():
        user, search = next(learners), None
        for _ in range(2):
            began = time.perf_counter()
            search = save_search(user=user, wish=wish_at(next(places)), centers=[], search=search)
            seconds.append(time.perf_counter() - began)
        SavedSearch.objects.filter(name=NAME).delete()
        time.sleep(0.01)
    return seconds


def _read(statement: str, ids: list[int]) -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        return set(cursor.fetchall())
