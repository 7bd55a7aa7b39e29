"""The page of results beside an empty view of the same server."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from urllib.parse import urlencode

from django.utils import timezone

from audit.models import SystemConfig
from centers.querysets import point
from slots.models import Slot
from slots.searching.search import SlotSearch
from tests.benchmarks.figures import Figure, faster
from tests.benchmarks.measuring import Taken, cluster_seconds, in_turns, same
from tests.benchmarks.subjects.search import in_miles, place_of, places
from tests.benchmarks.web import Connection, Web, fetch_all, running_web
from tests.benchmarks.world import World

REQUESTS = 400
STARTS = re.compile(r'<time class="slot__time" datetime="(.{16})"')
LIMIT = "slots.searches_per_minute"


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Anonymous visitors behind a proxy, on kept connections; their requests are counted too."""
    world.add_slots()
    SystemConfig.objects.update_or_create(key=LIMIT, defaults={"value": "100000"})
    try:
        with running_web() as web:
            searches = [_moved(search, 0) for search in places(world)]
            same(shown(web, searches), expected(searches), "slots on the pages")
            count = world.some(REQUESTS)
            again = beside_an_empty_view(web, count, cycle(map(link, searches)), rounds)
            what = f"{len(searches)} pages of results asked for again and again"
            yield faster("page", what, again, at_least=0.35)
            each_new = beside_an_empty_view(web, count, new_links(searches), rounds)
            yield faster("page", "pages of results each asked for once", each_new, at_least=None)
    finally:
        SystemConfig.objects.filter(key=LIMIT).delete()


def beside_an_empty_view(web: Web, count: int, links: Iterator[str], rounds: int) -> Taken:
    """As many empty pages as pages of results; processor time is the server's alone."""
    return in_turns(
        lambda: fetch_all(web.port, list(islice(links, count))),
        partial(fetch_all, web.port, ["/empty/"] * count),
        rounds=rounds,
        cpu=lambda: web.cpu_seconds() + cluster_seconds(),
    )


def link(search: SlotSearch) -> str:
    """The address of a search, as a learner's browser sends it."""
    near = f"{place_of(search).y:.3f},{place_of(search).x:.3f}"
    return "/slots/?" + urlencode({"near": near, "radius": search.radius})


def new_links(searches: list[SlotSearch]) -> Iterator[str]:
    """The same searches 120 yards farther north each time: nobody has asked for them yet."""
    return (link(_moved(search, step)) for step in range(1, 2000) for search in searches)


def _moved(search: SlotSearch, steps: int) -> SlotSearch:
    """To the thousandth of a degree that links have."""
    latitude, longitude = round(place_of(search).y, 3) + steps / 1000, round(place_of(search).x, 3)
    return replace(search, origin=point(latitude=latitude, longitude=longitude))


def shown(web: Web, searches: list[SlotSearch]) -> list[str]:
    """When the slots start that the pages show, page by page."""
    with Connection(web.port) as connection:
        bodies = [connection.get(link(search)).decode() for search in searches]
    return [start for body in bodies for start in STARTS.findall(body)]


def expected(searches: list[SlotSearch]) -> list[str]:
    """The same from the separate query."""
    now = timezone.now()
    ids = [slot for search in searches for slot, _ in in_miles(search, now)]
    slots = Slot.objects.in_bulk(ids)
    return [f"{slots[pk].date}T{slots[pk].time:%H:%M}" for pk in ids]
