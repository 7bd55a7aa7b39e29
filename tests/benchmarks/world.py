"""A country of learners, centres and slots, built table by table, as far as is asked for."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db import connection

from audit import config
from audit.models import SystemConfig
from tests import databases
from tests.benchmarks import world_sql

LEARNERS, CENTERS, SLOTS, OPEN = 1_000_000, 600, 3_000_000, 160_000
FUTURE_DAYS, TIMES_A_DAY = 180, 20
CITIES = 80


@contextmanager
def everyone_told_at_once() -> Iterator[None]:
    """Without waves, whatever an opening fits is written in one statement."""
    SystemConfig.objects.update_or_create(key="alerts.waves", defaults={"value": "false"})
    config.forget_cached()
    yield
    SystemConfig.objects.filter(key="alerts.waves").delete()
    config.forget_cached()


@dataclass(frozen=True)
class City:
    """Degrees of WGS 84, its share of the country's learners, and how far they live from it."""

    latitude: float
    longitude: float
    weight: float
    miles: float


class World:
    """Everything in the database that the subjects need; each part is built once.

    At scale 1 there are a million users with one search each, 600 centres, and 3,000,000 slots
    of which 160,000 are open. The same seed builds the same world.
    """

    def __init__(
        self, *, scale: float, seed: int, say: Callable[[str], None], learners: int | None = None
    ) -> None:
        self.scale, self.seed, self.say = scale, seed, say
        self.learners = learners or max(1000, round(LEARNERS * scale))
        self.centers = max(20, round(CENTERS * scale))
        self.slots = max(self.centers * 250, round(SLOTS * scale))
        self.open = round(self.slots * OPEN / SLOTS)
        with owner_at_rest() as owner:
            owner.execute(world_sql.PARTS)

    def some(self, count: int) -> int:
        """So many repetitions, and a few only in the tiny world of the smoke test."""
        return max(10, round(count * min(1.0, self.scale * 100)))

    def add_centers(self) -> None:
        """Centres around the cities, every tenth of them for theory."""
        with self.once("centers", f"{self.centers:,} centres") as owner:
            if owner:
                owner.execute(world_sql.CITIES)
                with owner.cursor().copy("COPY bench.city FROM STDIN") as copy:
                    for city in cities(self.seed):
                        copy.write_row((city.latitude, city.longitude, city.weight, city.miles))
                owner.execute(world_sql.PLACES)
                owner.execute(world_sql.CENTERS, {"count": self.centers})

    def add_slots(self) -> None:
        """Slots of some months behind and six ahead, laid down day by day, and their openings."""
        self.add_centers()
        with self.once("slots", f"{self.slots:,} slots") as owner:
            if owner:
                with without_indexes(owner, "drivingtestslots"):
                    owner.execute(world_sql.SLOTS, self._slots_wanted())
                owner.execute(world_sql.OPENINGS)

    def add_searches(self) -> None:
        """Learners with a verified address and one search each, and whom each centre reaches."""
        self.add_centers()
        with self.once("searches", f"{self.learners:,} learners and searches") as owner:
            if owner:
                owner.execute(world_sql.LEARNERS, {"count": self.learners})
                owner.execute(world_sql.ADDRESSES)
                with without_indexes(owner, "userpreferences"):
                    owner.execute(world_sql.SEARCHES)
        with self.once("reach", "whom each centre reaches") as owner:
            if owner:
                owner.execute(world_sql.GATHER)
                with without_indexes(owner, "alerts_reach"):
                    owner.execute(world_sql.REACH)

    def _slots_wanted(self) -> dict[str, float]:
        days = max(FUTURE_DAYS + 1, self.slots // self.centers // TIMES_A_DAY)
        ahead = self.centers * FUTURE_DAYS * TIMES_A_DAY
        return {
            "first": FUTURE_DAYS - days,
            "last": FUTURE_DAYS,
            "times": TIMES_A_DAY,
            "open": min(1.0, self.open / ahead),
        }

    @contextmanager
    def once(self, part: str, what: str) -> Iterator[psycopg.Connection | None]:
        """The owner's connection with triggers at rest, or None where the part is there."""
        with owner_at_rest() as owner:
            if owner.execute("SELECT 1 FROM bench.part WHERE name = %s", [part]).fetchone():
                yield None
                return
            began = time.monotonic()
            owner.execute("SELECT setseed(%s)", [(self.seed % 1000) / 1000])
            yield owner
            owner.execute("VACUUM (ANALYZE)")
            owner.execute("INSERT INTO bench.part VALUES (%s)", [part])
            self.say(f"  built {what} in {time.monotonic() - began:.0f} s")


@contextmanager
def owner_at_rest() -> Iterator[psycopg.Connection]:
    """The owner's connection to the program's database; no trigger fires on what it writes."""
    with databases.owner_connection(connection.settings_dict["NAME"]) as owner:
        owner.cursor_factory = psycopg.ClientCursor  # several statements may share parameters
        owner.execute("SET session_replication_role = replica")
        owner.execute("SET jit = off")
        yield owner


@contextmanager
def without_indexes(owner: psycopg.Connection, table: str) -> Iterator[None]:
    """Lay the indexes of a table aside, but for keys that others refer to, and make them again."""
    found = owner.execute(world_sql.INDEXES, {"table": table}).fetchall()
    for _, drop, _ in found:
        owner.execute(drop)
    yield
    for _, _, create in found:
        owner.execute(create)


def cities(seed: int) -> list[City]:
    """Cities of falling size, spread over Great Britain."""
    choose = random.Random(seed)
    return [
        City(
            latitude=choose.uniform(50.2, 58.0),
            longitude=choose.uniform(-5.2, 1.2),
            weight=(number + 1) ** -0.6,
            miles=choose.uniform(6, 20),
        )
        for number in range(CITIES)
    ]
