"""Drill 11: workers whose clocks are ten minutes off, either way; the database's clock decides."""

import subprocess
import sys
import time

import pytest
from django.conf import settings

from alerts.models import Delivery
from tests.drills.senders import beat, pause, worker
from tests.drills.test_delivery_workers import NOTHING_WRONG, all_settled, doubled, running
from tests.drills.town import Town, configure, verdict
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

SIZES = [(60, 3), pytest.param((400, 20), marks=pytest.mark.long)]


@pytest.mark.usual
@pytest.mark.parametrize("minutes", [10, -10])
def test_a_wrong_clock_is_really_wrong_and_goes_on(minutes):
    """Else the drills below could not fail."""
    code = f"""
from tests.drills.wrong_clock import put_off
import time
put_off({minutes})
before, begun, after = time.monotonic(), time.time(), time.monotonic()
time.sleep(0.2)
at_least, ended = time.monotonic() - after, time.time()
print(begun, at_least, ended - begun, time.monotonic() - before)
"""
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    begun, at_least, ticked, at_most = map(float, said.stdout.split())
    assert round((begun - time.time()) / 600) == minutes / 10
    assert at_least - 0.01 <= ticked <= at_most + 0.01


@pytest.mark.usual
@pytest.mark.parametrize("size", SIZES)
def test_wrong_clocks_steal_no_lease_and_lose_nothing(sink, own_redis, seed, logs, size):
    """The mail server takes its time, so that leases are held while others look for work."""
    configure(lease_seconds="3")
    learners, batches = size
    town = Town(seed, learners=learners, centers=20)
    sink.pause = 0.1
    redis = own_redis.url
    with running(
        worker(logs / "fast", redis=redis, minutes_off=10),
        worker(logs / "slow", redis=redis, minutes_off=-10),
        worker(logs / "right", redis=redis),
        beat(logs / "beat", redis=redis, minutes_off=10),
        beat(logs / "other_beat", redis=redis, minutes_off=-10),
    ):
        for _ in range(batches):
            town.open_slots(4)
            pause(2)
        assert wait_until(lambda: all_settled(town), seconds=180 + 2 * learners)
    assert verdict(town, sink.received) == NOTHING_WRONG
    assert not Delivery.objects.in_doubt().exists()


def test_a_worker_with_a_wrong_clock_takes_up_what_a_dead_one_left_after_its_lease(
    sink, own_redis, seed, logs
):
    configure(lease_seconds="3")
    town = Town(seed, learners=40, centers=20)
    sink.pause = 0.1
    redis = own_redis.url
    with running(beat(logs / "beat", redis=redis, minutes_off=-10)):
        dying = worker(logs / "fast", redis=redis, minutes_off=10)
        with running(dying):
            town.open_slots(6)
            assert wait_until(lambda: sink.received, seconds=180)
        with running(worker(logs / "slow", redis=redis, minutes_off=-10)):
            assert wait_until(lambda: all_settled(town), seconds=180)
    found = verdict(town, sink.received)
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    assert (found["loss"], found["unexpected"]) == (0, 0)
    assert doubled(sink) <= doubts <= 2
