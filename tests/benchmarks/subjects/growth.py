"""What a search, a page, a match and a save cost as learners, slots and centres grow together."""

import time
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from alerts.matching.match import match_openings
from alerts.models import UserAlert
from slots.searching.paging import read_page
from tests import databases
from tests.benchmarks.figures import Figure, absolute
from tests.benchmarks.subjects import matching, page, saving
from tests.benchmarks.subjects.search import places
from tests.benchmarks.web import Connection, running_web
from tests.benchmarks.world import World, everyone_told_at_once, owner_at_rest

TIMES = (1, 3, 10)
DATABASE = "bench_growth"
PAGES = 60


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """A tenth of the scale asked for, three times as much, and the whole, one after the other."""
    for times in TIMES:
        databases.recreate(DATABASE, databases.TEMPLATE)
        try:
            with databases.used_here(DATABASE):
                grown = World(scale=world.scale * times / TIMES[-1], seed=world.seed, say=world.say)
                grown.add_slots()
                grown.add_searches()
                yield from _at_this_size(grown, times, rounds)
        finally:
            databases.drop(DATABASE)


def _at_this_size(world: World, times: int, rounds: int) -> Iterator[Figure]:
    size = {
        "times": times, "learners": world.learners, "slots": world.slots, "centres": world.centers,
    }  # fmt: skip

    def figure(name: str, seconds: list[float], **notes: float) -> Figure:
        what = f"{name} at {times}× ({world.learners:,} learners)"
        each = [1000 * value for value in seconds]
        return absolute("growth", what, each, "ms", cost=name, **size, **notes)

    yield figure("search", [_timed(read_page, search, now=timezone.now())
                            for _ in range(rounds) for search in places(world)])  # fmt: skip
    yield figure("page", list(_pages(world)))
    yield figure("save", [second for _ in range(rounds) for second in _saved(world)])
    seconds, alerts = _matched(world, rounds)
    yield figure("match", seconds, alerts=alerts)


def _timed(work, *arguments, **named) -> float:
    began = time.perf_counter()
    work(*arguments, **named)
    return time.perf_counter() - began


def _pages(world: World) -> Iterator[float]:
    """Pages that nobody has asked for before, one after the other."""
    links = page.new_links(places(world))
    with running_web() as web, Connection(web.port) as client:
        client.get(next(links))
        for number in range(PAGES):
            yield _timed(client.get, next(links), person=number)


def _saved(world: World) -> list[float]:
    return saving.save_in(connection.settings_dict["NAME"], saving.homes(world))[0]


def _matched(world: World, rounds: int) -> tuple[list[float], int]:
    seconds = []
    with owner_at_rest() as owner, everyone_told_at_once():
        opening = {"opening": matching.open_one(owner, world)}
        for _ in range(rounds):
            owner.execute(matching.UNDO, opening)
            seconds.append(_timed(match_openings))
        alerts = UserAlert.objects.count()
        owner.execute(matching.FORGET, opening)
    return seconds, alerts
