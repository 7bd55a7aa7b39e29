"""Saving a search among a million others, and among a thousand."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.gis.geos import Point
from django.db import connection

from accounts.models import SavedSearch, User
from alerts.searches.saving import save_search
from centers.querysets import point
from tests import databases
from tests.benchmarks.figures import Figure, absolute, longer
from tests.benchmarks.measuring import in_turns, same
from tests.benchmarks.world import World, cities

FEW, IN_A_ROUND = 1000, 50
SMALL = "bench_few_searches"
NAME = "saved by the benchmark"
REACHED = """
SELECT center.code, round(reach.miles::numeric, 6)
  FROM alerts_reach reach JOIN dvsa_test_centers center USING (center_id)
  JOIN userpreferences search ON search.preference_id = reach.search_id
 WHERE search.name = %s ORDER BY 1, 2
"""


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Each save is a transaction of its own, by someone else, as the page does it."""
    world.add_searches()
    here, places = connection.settings_dict["NAME"], homes(world)[: world.some(IN_A_ROUND)]
    with few_searches(world):
        reached = [save_in(name, places)[1] for name in (here, SMALL)]
        same(*reached, what="centres that the saved searches reach")
        seconds: list[float] = []

        def among_many() -> float:
            taken, _ = save_in(here, places)
            seconds.extend(taken)
            return sum(taken)

        def among_few() -> float:
            return sum(save_in(SMALL, places)[0])

        taken = in_turns(among_many, among_few, rounds=rounds)
    each = [1000 * value for value in seconds[len(places) :]]
    what = f"a search saved among {world.learners:,}"
    yield absolute("saving", what, each, "ms", at_most=20)
    cpu = [1000 * spent.cpu / len(places) for spent in taken.ours]
    yield absolute("saving", "processor time of a save, its deletion included", cpu, "ms")
    yield longer("saving", f"{what}, and among {FEW:,}", taken, at_most=1.2)


def homes(world: World) -> list[Point]:
    """A place for each search of a round, larger cities first."""
    found = cities(world.seed)
    around = [found[number % len(found)] for number in range(IN_A_ROUND)]
    return [point(latitude=city.latitude, longitude=city.longitude) for city in around]


@contextmanager
def few_searches(world: World) -> Iterator[None]:
    """A second database with the same centres and FEW searches."""
    databases.recreate(SMALL, databases.TEMPLATE)
    try:
        with databases.used_here(SMALL):
            World(scale=world.scale, seed=world.seed, say=world.say, learners=FEW).add_searches()
        yield
    finally:
        databases.drop(SMALL)


def save_in(name: str, places: list[Point]) -> tuple[list[float], list[tuple]]:
    """Save one search at each place, each by someone else, and delete them again.

    Answers the seconds of each save, and the centres that were reached.
    """
    with databases.used_here(name):
        learners = User.objects.order_by("pk")[: len(places)]
        pairs = list(zip(learners, places, strict=True))
        taken = [_save(learner, place) for learner, place in pairs]
        with connection.cursor() as cursor:
            cursor.execute(REACHED, [NAME])
            reached = cursor.fetchall()
        SavedSearch.objects.filter(name=NAME).delete()
    return taken, reached


def _save(learner: User, place: Point) -> float:
    wish = wish_at(place)
    began = time.perf_counter()
    save_search(user=learner, wish=wish, centers=[])
    return time.perf_counter() - began


def wish_at(place: Point) -> SavedSearch:
    """What someone who lives there would save."""
    return SavedSearch(
        name=NAME, postcode="IG3 9UZ", location=place, notification_radius=25,
        notification_method="email", preferred_test_types=["practical"],
    )  # fmt: skip
