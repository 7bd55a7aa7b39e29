"""The first page of a search beside the published query, and with ten times the past."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from centers.querysets import point
from slots.searching.paging import read_page
from slots.searching.search import SlotSearch
from tests.benchmarks.figures import Figure, faster, longer
from tests.benchmarks.measuring import in_turns, same
from tests.benchmarks.world import World, cities, owner_at_rest
from tests.schema.test_published_query import PUBLISHED

Read = Callable[[SlotSearch, datetime], list[tuple[int, float]]]

RADIUS = 25
SEARCHES = 20
# The published query measures in degrees: with a learner's 25 it looks at the whole country. What
# 25 miles are in degrees of latitude is told beside it, though no learner would enter that.
AS_PUBLISHED, AS_MEANT = RADIUS, RADIUS / 69.1

# Written apart from the program's own: every open slot in reach, by a plain join.
IN_MILES = """
SELECT slot.slot_id, ST_Distance(center.location, origin.place, true) / 1609.344
  FROM drivingtestslots slot JOIN dvsa_test_centers center USING (center_id)
 CROSS JOIN (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography AS place) origin
 WHERE slot.available AND center.is_active AND slot.date + slot.time > %s
   AND ST_Distance(center.location, origin.place, true) <= 25 * 1609.344 + 0.000001
 ORDER BY slot.date, slot.time, 2, slot.slot_id LIMIT 25
"""

# The same table with the same indexes, and nine times as many closed slots of earlier years.
TENFOLD = """
CREATE SCHEMA tenfold;
GRANT USAGE ON SCHEMA tenfold TO PUBLIC;
CREATE TABLE tenfold.drivingtestslots (LIKE public.drivingtestslots INCLUDING DEFAULTS);
INSERT INTO tenfold.drivingtestslots SELECT * FROM public.drivingtestslots
"""
EARLIER = """
INSERT INTO tenfold.drivingtestslots (slot_id, center_id, test_type, date, time, available)
SELECT slot_id + %(times)s * 100000000, center_id, test_type, date - 365 * %(times)s, time, false
  FROM public.drivingtestslots WHERE NOT available
"""
TENFOLD_INDEXES = """
SELECT replace(replace(pg_get_indexdef(indexrelid), ' ON public.', ' ON tenfold.'), 'public.', '')
  FROM pg_index WHERE indrelid = 'public.drivingtestslots'::regclass
"""


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Each side answers the same places; ours read and hand over what a page shows."""
    world.add_slots()
    searches = places(world)
    now = timezone.now()
    same(pages(ours_of, searches, now), pages(in_miles, searches, now), "slots on first pages")

    def ours() -> None:
        for search in searches:
            read_page(search, now=now)

    def published(radius: float) -> None:
        for search in searches:
            _published(search, radius)

    count = f"{len(searches)} first pages against the published query"
    taken = in_turns(ours, partial(published, AS_PUBLISHED), rounds=rounds)
    yield faster("search", count, taken, at_least=50)
    taken = in_turns(ours, partial(published, AS_MEANT), rounds=rounds)
    yield faster("search", f"{count} told degrees", taken, at_least=None)
    yield from _with_ten_times_the_past(world, searches, now, rounds)


def places(world: World) -> list[SlotSearch]:
    """Searches in the larger half of the cities."""
    choose = random.Random(world.seed)
    drawn = choose.sample(cities(world.seed)[:40], SEARCHES)
    return [
        SlotSearch(origin=point(latitude=city.latitude, longitude=city.longitude), radius=RADIUS)
        for city in drawn
    ]


def place_of(search: SlotSearch) -> Point:
    """Where it looks around; all of these have a place."""
    assert search.origin
    return search.origin


def pages(read: Read, searches: list[SlotSearch], now: datetime) -> list[tuple[int, float]]:
    """The slots of all first pages, one after the other."""
    return [slot for search in searches for slot in read(search, now)]


def ours_of(search: SlotSearch, now: datetime) -> list[tuple[int, float]]:
    """Ids and miles to nine decimals (a ten-thousandth of a millimetre)."""
    return [(slot.id, round(slot.miles, 9)) for slot in read_page(search, now=now).slots]


def in_miles(search: SlotSearch, now: datetime) -> list[tuple[int, float]]:
    """The same by the separate query."""
    local = timezone.localtime(now).replace(tzinfo=None)
    with connection.cursor() as cursor:
        cursor.execute(IN_MILES, [place_of(search).x, place_of(search).y, local])
        return [(slot, round(miles, 9)) for slot, miles in cursor.fetchall()]


def _published(search: SlotSearch, radius: float) -> None:
    place = {"user_longitude": place_of(search).x, "user_latitude": place_of(search).y}
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED, place | {"radius": radius})
        cursor.fetchall()


def _with_ten_times_the_past(
    world: World, searches: list[SlotSearch], now: datetime, rounds: int
) -> Iterator[Figure]:
    _build_tenfold(world)
    same(pages(ours_of, searches, now), pages(_in_tenfold, searches, now), "slots on first pages")

    def tenfold() -> None:
        look_in("tenfold, public")
        for search in searches:
            read_page(search, now=now)

    def onefold() -> None:
        look_in("public")
        for search in searches:
            read_page(search, now=now)

    taken = in_turns(tenfold, onefold, rounds=rounds)
    look_in("public")
    what = "first pages with ten times the closed slots"
    yield longer("search", what, taken, at_most=1.2)
    with owner_at_rest() as owner:
        owner.execute("DROP SCHEMA tenfold CASCADE")


def _build_tenfold(world: World) -> None:
    with owner_at_rest() as owner:
        owner.execute(TENFOLD)
        for times in range(1, 10):
            owner.execute(EARLIER, {"times": times})
        for (statement,) in owner.execute(TENFOLD_INDEXES).fetchall():
            owner.execute(statement)
        owner.execute("GRANT SELECT ON tenfold.drivingtestslots TO PUBLIC")
        owner.execute("VACUUM (ANALYZE) tenfold.drivingtestslots")
    world.say("  built ten times the closed slots")


def _in_tenfold(search: SlotSearch, now: datetime) -> list[tuple[int, float]]:
    look_in("tenfold, public")
    try:
        return ours_of(search, now)
    finally:
        look_in("public")


def look_in(schemas: str) -> None:
    """Find the tables of this connection in other schemas from now on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, false)", [schemas])
