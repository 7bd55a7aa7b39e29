"""What a web process, a worker process and an import take at most."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from audit.models import SystemConfig
from tests import servers
from tests.benchmarks.figures import Figure, absolute
from tests.benchmarks.measuring import Different
from tests.benchmarks.subjects import ingest, matching, postcodes
from tests.benchmarks.subjects.page import LIMIT, link, new_links
from tests.benchmarks.subjects.search import places
from tests.benchmarks.web import fetch_all, running_web
from tests.benchmarks.world import World, owner_at_rest
from tests.drills.senders import beat, worker
from tests.memory import peak_of, peak_of_command
from tests.smtp_sink import Sink

KIB_PER_MB = 1024
FRESH = 400
OTHER_PAGES = ("/", "/centers/", "/centers/1/", "/privacy/", "/accounts/login/", "/searches/new/")
MAILS = 200
QUICK = {"alerts.coalesce_seconds": "1", "alerts.gap_seconds": "0", LIMIT: "100000"}
FORGET = "TRUNCATE useralerts, alerts_notification, alerts_delivery CASCADE"
GROWTH = 1.1


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Peaks of resident memory by the kernel's own account."""
    world.add_slots()
    world.add_searches()
    for key, value in QUICK.items():
        SystemConfig.objects.update_or_create(key=key, defaults={"value": value})
    try:
        yield absolute("memory", "web process", [_web(world)], "MB", at_most=250)
        yield absolute("memory", "worker process", _workers(world), "MB", percentile=100,
                       at_most=250)  # fmt: skip
    finally:
        SystemConfig.objects.filter(key__in=QUICK).delete()
    yield from _imports(world)


def _web(world: World) -> float:
    """After more different pages than it remembers."""
    searches = places(world)
    links = [*OTHER_PAGES, *map(link, searches), *islice(new_links(searches), world.some(FRESH))]
    with running_web() as web:
        fetch_all(web.port, links)
        return max(map(peak_of, web.workers)) / KIB_PER_MB


def _workers(world: World) -> list[float]:
    """While they match one opening to thousands of searches, and send the first mails of it."""
    with ExitStack() as stack:
        owner = stack.enter_context(owner_at_rest())
        opening = {"opening": matching.open_one(owner, world)}
        stack.callback(owner.execute, matching.FORGET, opening)
        stack.callback(owner.execute, FORGET)
        sink = Sink()
        stack.callback(sink.close)
        folder = Path(stack.enter_context(servers.own_folder()))
        redis = servers.OwnRedis(folder)
        redis.start()
        stack.callback(redis.stop)
        working = worker(folder / "worker.log", redis=redis.url, processes=1,
                         EMAIL_URL=f"smtp://127.0.0.1:{sink.port}")  # fmt: skip
        stack.callback(working.kill)
        stack.callback(beat(folder / "beat.log", redis=redis.url).kill)
        wanted = min(MAILS, max(1, round(matching.REACHED * world.scale / 3)))
        if not servers.wait_until(lambda: len(sink.received) >= wanted, seconds=180):
            sent = f"the worker has sent {len(sink.received)} of {wanted} mails"
            raise Different(f"{sent}: {working.said()[-2000:]}")
        return [peak_of(pid) / KIB_PER_MB for pid in (working.process.pid, *working.children())]


def _imports(world: World) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, owner_at_rest() as owner:
        file = Path(folder, "postcodes.csv")
        peaks = []
        for part in (0.1, 1):
            postcodes.write(file, round(postcodes.ROWS * part * world.scale), world.seed, moved=0)
            peaks.append(peak_of_command("load_postcodes", str(file)))
            owner.execute("TRUNCATE centers_postcode")
        yield _growth("load_postcodes with ten times the rows", peaks)
        file, peaks = Path(folder, "slots.json"), []
        for rows in (ingest.ROWS // 5, ingest.ROWS):
            feed = ingest.Feed(rows)
            feed.next()
            file.write_bytes(feed.json)
            words = ("import_slots", str(file), "--source", "memory", "--create", "--dry-run")
            peaks.append(peak_of_command(*words))
        yield _growth("import_slots with five times the rows", peaks)


def _growth(what: str, peaks: list[int]) -> Figure:
    few, many = peaks
    return absolute("memory", f"{what} (to {many / KIB_PER_MB:.0f} MB)", [many / few],
                    "times as much", at_most=GROWTH)  # fmt: skip
