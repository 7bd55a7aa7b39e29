"""Drills 5, 6 and 8: PostgreSQL restarted, mail servers of every mood, no beat and two beats."""

import pytest
from django.db import connection

from alerts.matching import match_openings
from alerts.models import Breaker, Delivery, UserAlert
from tests.drills.senders import beat, dispatcher, pause, worker
from tests.drills.test_delivery_workers import (
    NOTHING_WRONG,
    all_settled,
    doubled,
    running,
)
from tests.drills.town import Town, configure, told, verdict
from tests.servers import wait_until
from tests.smtp_sink import Mood

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]


def test_a_restarted_postgresql_loses_nothing_and_needs_no_new_workers(
    sink, own_redis, own_postgres, seed, logs
):
    configure()
    town = Town(seed, learners=60, centers=20)
    sink.pause = 0.02
    program = worker(logs / "worker", redis=own_redis.url)
    with running(program, beat(logs / "beat", redis=own_redis.url)):
        for _ in range(3):
            town.open_slots(5)
            assert wait_until(lambda: len(sink.received) > doubled(sink), seconds=30)
            own_postgres.restart_at_once()
            connection.close()
        town.open_slots(5)
        assert wait_until(lambda: all_settled(town), seconds=60)
        assert program.process.poll() is None
    found = verdict(town, sink.received)
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    assert (found["loss"], found["unexpected"]) == (0, 0)
    assert doubled(sink) <= doubts <= 3 * 2


def test_a_mail_server_of_every_mood_loses_nothing(sink, seed, logs):
    """Refuses, hangs, drops the line after the message, answers 451; then is kind again."""
    configure()
    town = Town(seed, learners=40, centers=20)
    strict = town.searches[0].user.email
    sink.moods_of[strict] = Mood.STRICT
    with running(dispatcher(logs / "sender")):
        for mood in (Mood.CLOSING, Mood.SILENT, Mood.DROPPING, Mood.BUSY):
            sink.mood = mood
            sink.drop_lines()
            town.open_slots(3)
            match_openings()
            pause(4)
        assert Breaker.objects.get(provider="smtp").failures > 0
        sink.mood = Mood.KIND
        assert wait_until(lambda: all_settled(town), seconds=90)
    counts = told(sink.received)
    expected = {each for each in town.expected() if each[0] != strict}
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    assert expected == set(counts)
    assert doubled(sink) <= doubts
    states = UserAlert.objects.filter(user__email=strict).values_list("state", flat=True)
    assert set(states) <= {"failed", "suppressed"}


def test_two_beats_and_no_beat_do_no_harm(sink, own_redis, seed, logs):
    configure()
    town = Town(seed, learners=60, centers=20)
    first, second = (beat(logs / f"beat{number}", redis=own_redis.url) for number in (1, 2))
    with running(first, second, worker(logs / "worker", redis=own_redis.url)):
        town.open_slots(5)
        pause(5)
        first.kill()
        second.kill()
        town.open_slots(5)
        pause(3)
        third = beat(logs / "beat3", redis=own_redis.url)
        with running(third):
            assert wait_until(lambda: all_settled(town), seconds=40)
    assert verdict(town, sink.received) == NOTHING_WRONG


def test_no_worker_for_a_while_only_makes_it_later(sink, own_redis, seed, logs):
    configure()
    town = Town(seed, learners=60, centers=20)
    with running(beat(logs / "beat", redis=own_redis.url)):
        town.open_slots(5)
        pause(5)
        with running(worker(logs / "worker", redis=own_redis.url)):
            assert wait_until(lambda: all_settled(town), seconds=40)
    assert verdict(town, sink.received) == NOTHING_WRONG
