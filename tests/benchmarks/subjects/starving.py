"""A page of results while feeds trickle and visitors look over wide searches, and alone.

Two services, as deployed: pages in one, what feeds post in the other. nginx, which takes trickling
bodies before either sees them, is not among them: this is what they do without it.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from urllib.parse import urlencode

from audit.models import SystemConfig
from slots.models import Source
from slots.tokens import make_token
from tests.benchmarks.figures import Figure, percentile_of
from tests.benchmarks.measuring import Different
from tests.benchmarks.subjects.page import LIMIT, new_links
from tests.benchmarks.subjects.search import place_of, places
from tests.benchmarks.web import HOST, Connection, running_web
from tests.benchmarks.world import World

FEEDS, PREVIEWS = 12, 16
REQUESTS = 300
# Between one volley of previews, all of it answered, and the next.
PAUSE = 1.0
PREVIEW_LIMIT = "alerts.previews_per_minute"
NAME = "trickling"
HEAD = (
    f"POST /api/v1/sources/{NAME}/batches/ HTTP/1.1\r\nHost: {HOST}\r\n"
    "Authorization: Bearer %s\r\n"
    "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"
)


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """The 95th percentile of pages each asked for once, beside it and without it."""
    world.add_slots()
    source = Source.objects.create(name=NAME)
    _, token = make_token(source=source, label=None, actor=None)
    for key in (LIMIT, PREVIEW_LIMIT):
        SystemConfig.objects.update_or_create(key=key, defaults={"value": "100000"})
    try:
        with (
            running_web(workers=2, threads=4) as web,
            running_web(workers=1, threads=4, WEB_SERVICE="ingest") as ingest,
        ):
            yield _figure(world, web.port, ingest.port, token, rounds)
    finally:
        source.delete()
        SystemConfig.objects.filter(key__in=(LIMIT, PREVIEW_LIMIT)).delete()


def _figure(world: World, web: int, ingest: int, token: str, rounds: int) -> Figure:
    searches = places(world)
    links, wide = new_links(searches), _wide(searches)
    count = world.some(REQUESTS)
    alone, beside = [], []
    for _ in range(rounds):
        alone.append(_p95(web, list(islice(links, count))))
        with trickling(ingest, token), previewing(web, wide):
            beside.append(_p95(web, list(islice(links, count))))
    ratios = [ours / theirs for ours, theirs in zip(beside, alone, strict=True)]
    return Figure(
        "starving", f"p95 of results beside {FEEDS} trickling feeds and {PREVIEWS} wide previews",
        percentile_of(ratios, 50), "times as long", ratios, at_most=2.0,
        ours=percentile_of(beside, 50), theirs=percentile_of(alone, 50),
    )  # fmt: skip


def _wide(searches: Sequence) -> str:
    origin = place_of(searches[0])
    wish = {"near": f"{origin.y:.3f},{origin.x:.3f}", "radius": 500, "method": "email"}
    return "/searches/new/?" + urlencode(wish)


def _p95(port: int, links: Sequence[str]) -> float:
    seconds = []
    with Connection(port) as connection:
        for number, link in enumerate(links):
            began = time.perf_counter()
            connection.get(link, person=number)
            seconds.append(time.perf_counter() - began)
    return percentile_of(seconds, 95)


@contextmanager
def trickling(port: int, token: str) -> Iterator[None]:
    """So many feeds that send a byte a second; who is cut off begins again."""
    with _in_threads(FEEDS, lambda stop: _trickle(port, token, stop)):
        yield


def _trickle(port: int, token: str, stop: threading.Event) -> None:
    while not stop.is_set():
        with socket.create_connection((HOST, port), timeout=60) as line:
            try:
                line.sendall((HEAD % token).encode())
                while not stop.wait(1):
                    line.sendall(b" ")
            except OSError:
                stop.wait(1)


@contextmanager
def previewing(port: int, path: str) -> Iterator[None]:
    """So many visitors who look over the same search at the same moment, again and again."""
    ready = threading.Barrier(PREVIEWS)
    with _in_threads(PREVIEWS, lambda stop: _preview(port, path, ready, stop)):
        yield


def _preview(port: int, path: str, ready: threading.Barrier, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            ready.wait(60)
        except threading.BrokenBarrierError:
            return
        with Connection(port) as connection:
            if b"would have fitted" not in connection.get(path):
                raise Different("a preview that is none")
        if stop.wait(PAUSE):
            ready.abort()


@contextmanager
def _in_threads(count: int, work: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    with ExitStack() as ending:
        for _ in range(count):
            thread = threading.Thread(target=work, args=[stop])
            thread.start()
            ending.callback(thread.join)
        ending.callback(stop.set)
        yield
