"""Two hosts, each with workers and a beat of its own; one is cut off from all, and healed."""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from alerts.models import Delivery
from tests import servers
from tests.drills.lines import Line
from tests.drills.senders import Program, beat, pause, worker
from tests.drills.test_delivery_workers import all_settled, doubled
from tests.drills.town import Town, configure, verdict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

# As deploy/postgresql/dvsa-alerts.conf has it, but for a drill's patience.
GIVEN_UP = "-c idle_in_transaction_session_timeout=3s"


class Host:
    """Workers and a beat that reach PostgreSQL, Redis and the mail server through lines."""

    def __init__(self, name: str, folder: Path, logs: Path, *, redis: str, mail_port: int) -> None:
        place = folder / name
        cluster = os.environ["DATABASE_URL"].partition("host=")[2]
        database = os.environ["DATABASE_URL"].partition("@/")[2].partition("?")[0]
        self.lines = [
            Line(f"{place}/.s.PGSQL.5432", f"{cluster}/.s.PGSQL.5432"),
            Line(f"{place}/redis.sock", redis.removeprefix("redis+socket://")),
            Line(0, mail_port),
        ]
        told = {
            "DATABASE_URL": f"postgis://app@/{database}?host={place}&options={GIVEN_UP}",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.lines[-1].port}",
        }
        own_redis = f"redis+socket://{place}/redis.sock"
        self.programs: list[Program] = [
            worker(logs / f"{name}-worker", redis=own_redis, **told),
            beat(logs / f"{name}-beat", redis=own_redis, **told),
        ]

    def cut(self) -> None:
        """Off from everything, without a word to anybody."""
        for line in self.lines:
            line.cut()

    def heal(self) -> None:
        """Everything is reached again, and what was on its way arrives."""
        for line in self.lines:
            line.heal()

    def end(self) -> None:
        for program in self.programs:
            program.kill()
        for line in self.lines:
            line.close()


@pytest.fixture
def hosts(sink, own_redis, logs) -> Iterator[list[Host]]:
    with servers.own_folder() as folder, ExitStack() as stack:
        both = [
            Host(name, folder, logs, redis=own_redis.url, mail_port=sink.port)
            for name in ("one", "two")
        ]
        for host in both:
            stack.callback(host.end)
        yield both


@pytest.mark.parametrize("rounds", [1, pytest.param(6, marks=pytest.mark.long)])
def test_a_host_that_is_cut_off_loses_nothing_and_nothing_is_sent_twice(hosts, sink, seed, rounds):
    configure()
    rng = random.Random(seed)
    town = Town(seed, learners=60, centers=20)
    sink.pause = 0.02
    town.open_slots(5)
    assert servers.wait_until(lambda: all_settled(town), seconds=180), "both are at work"
    for _ in range(rounds):
        away = rng.choice(hosts)
        town.open_slots(5)
        pause(rng.uniform(0.5, 2.5))
        away.cut()
        town.open_slots(5)
        assert servers.wait_until(lambda: all_settled(town), seconds=180), "the other goes on alone"
        town.open_slots(5)
        away.heal()
        assert servers.wait_until(lambda: all_settled(town), seconds=180)
    pause(3)
    found = verdict(town, sink.received)
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    print(f"{len(sink.received)} mails, {doubled(sink)} doubled, {doubts} in doubt, {found}")  # noqa: T201
    assert (found["loss"], found["unexpected"]) == (0, 0)
    assert doubled(sink) <= doubts
