"""Drills 1, 2, 4 and 8: real workers, killed; Redis killed and emptied; beat missing or doubled."""

import random
from contextlib import ExitStack, contextmanager

import pytest

from alerts.matching.match import match_openings
from alerts.models import Delivery, UserAlert
from dvsa_alerts.operations.workers.stalled_workers import EXIT_STALLED
from tests.drills.newcomers import pages, sign_up_and_search
from tests.drills.senders import QUEUES, Killer, Program, beat, dispatcher, pause, worker
from tests.drills.town import Town, configure, verdict
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

NOTHING_WRONG = {"loss": 0, "twice": 0, "unexpected": 0}


@contextmanager
def running(*programs):
    """Programs that end with the block."""
    with ExitStack() as stack:
        for program in programs:
            stack.callback(program.kill)
        yield


def all_settled(town: Town) -> bool:
    """All has been matched, and since then nothing is waiting or on its way."""
    if UserAlert.objects.values("opening").distinct().count() < touched(town):
        return False
    waiting = UserAlert.objects.filter(state="waiting").exists()
    return not (waiting or Delivery.objects.live().exists())


def doubled(sink) -> int:
    """How many mails were accepted more often than once."""
    ids = [mail.message["Message-ID"] for mail in sink.received]
    return len(ids) - len(set(ids))


def touched(town: Town) -> int:
    """How many openings anybody should be told of."""
    return len({opening for _, opening in town.expected()})


def test_everybody_is_told_once_of_what_fits_them(sink, own_redis, seed, logs):
    configure()
    town = Town(seed, learners=60, centers=20)
    with running(
        worker(logs / "worker", redis=own_redis.url), beat(logs / "beat", redis=own_redis.url)
    ):
        for _ in range(4):
            town.open_slots(5)
            pause(1)
        assert wait_until(lambda: all_settled(town), seconds=180)
    assert verdict(town, sink.received) == NOTHING_WRONG


@pytest.mark.usual
@pytest.mark.parametrize(
    ("seconds", "rate", "every"),
    [(8, 4, (0.7, 1.5)), pytest.param(60, 3, (2, 5), marks=pytest.mark.long)],
)
def test_killed_senders_lose_nothing_and_send_at_most_one_mail_twice_each(  # noqa: PLR0917 - by name
    sink, seed, logs, seconds, rate, every
):
    configure()
    town = Town(seed, learners=300, centers=20)
    rng = random.Random(seed)
    killer = Killer(lambda: dispatcher(logs / "sender"), 4, rng, every)
    sink.pause = 0.01
    try:
        for _ in range(seconds):
            town.open_slots(rate)
            match_openings()
            if not killer.is_alive():
                killer.start()
            pause(1)
        killer.end()
        settled = wait_until(lambda: all_settled(town), seconds=180 + 5 * seconds)
    finally:
        killer.kill_all()
    found = verdict(town, sink.received)
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    assert settled
    assert (found["loss"], found["unexpected"]) == (0, 0)
    assert doubled(sink) <= doubts <= killer.kills


@pytest.mark.parametrize("kills", [1, pytest.param(12, marks=pytest.mark.long)])
def test_redis_killed_and_emptied_loses_nothing(sink, own_redis, seed, logs, kills):
    configure()
    town = Town(seed, learners=60, centers=20)
    program = worker(logs / "worker", redis=own_redis.url)
    clock = beat(logs / "beat", redis=own_redis.url)
    with running(program, clock), pages(sink, own_redis) as site:
        for _ in range(kills):
            town.open_slots(5)
            pause(town.rng.uniform(1, 4))
            own_redis.kill()
            town.open_slots(5)
            sign_up_and_search(site)
            pause(town.rng.uniform(0.2, 3))
            own_redis.start()
            town.open_slots(5)
            assert wait_until(lambda: all_settled(town), seconds=180)
        assert program.process.poll() is None
    assert "Unrecoverable" not in program.said()
    assert verdict(town, sink.received) == NOTHING_WRONG


def test_a_worker_that_no_longer_listens_ends_itself_and_its_successor_does_the_work(
    sink, own_redis, seed, logs
):
    configure()
    town = Town(seed, learners=60, centers=20)
    stall = logs / "stall"
    stalled = Program(
        "-m", "tests.drills.stalled_worker", QUEUES, str(stall),
        log=logs / "stalled", REDIS_URL=own_redis.url,
    )  # fmt: skip
    with running(stalled, beat(logs / "beat", redis=own_redis.url)):
        town.open_slots(5)
        assert wait_until(lambda: all_settled(town), seconds=180)
        stall.touch()
        assert wait_until(lambda: stalled.process.poll() is not None, seconds=180)
        assert stalled.process.returncode == EXIT_STALLED
        town.open_slots(5)
        with running(worker(logs / "worker", redis=own_redis.url)):
            assert wait_until(lambda: all_settled(town), seconds=180)
    assert verdict(town, sink.received) == NOTHING_WRONG
