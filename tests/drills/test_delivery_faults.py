"""Drills 5, 6 and 8: PostgreSQL restarted, mail servers of every mood, no beat and two beats."""

import pytest
from django.db import connection

from accounts.models import Breaker, MailRefusal
from alerts.models import Delivery, UserAlert
from alerts.watching.watch import look
from tests.drills.senders import beat, pause, worker
from tests.drills.subscribers import Subscribers, trust, workers
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


@pytest.mark.parametrize("size", [(60, 3), pytest.param((300, 12), marks=pytest.mark.long)])
def test_a_restarted_postgresql_loses_nothing_and_needs_no_new_workers(  # noqa: PLR0917 - by name
    own_postgres, sink, own_redis, seed, size, logs
):
    """Each restart (`-m immediate`) comes while mails are being accepted."""
    configure()
    learners, restarts = size
    town = Town(seed, learners=learners, centers=20)
    sink.pause = 0.02
    program = worker(logs / "worker", redis=own_redis.url)
    with running(program, beat(logs / "beat", redis=own_redis.url)):
        for _ in range(restarts):
            so_far = len(sink.received)
            town.open_slots(5)
            assert wait_until(lambda so_far=so_far: len(sink.received) > so_far, seconds=120)
            own_postgres.restart_at_once()
            connection.close()
        at_work = program.children()
        town.open_slots(5)
        assert wait_until(lambda: all_settled(town), seconds=180 + learners)
        assert program.process.poll() is None
        assert program.children() == at_work
    found = verdict(town, sink.received)
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    assert (found["loss"], found["unexpected"]) == (0, 0)
    assert doubled(sink) <= doubts <= restarts * 2


FAILING = (Mood.CLOSING, Mood.SILENT, Mood.DROPPING, Mood.BUSY)


@pytest.mark.parametrize("seconds", [4, pytest.param(25, marks=pytest.mark.long)])
def test_a_mail_server_of_every_mood_loses_nothing_and_holds_up_no_push(
    sink, own_redis, seed, logs, seconds
):
    """Refuses, hangs, drops the line after the message, answers 451 and to some 550; is kind again.

    Half of what opens has gone before that, and is not sent any more.
    """
    configure()
    # So many that two slots anywhere are near enough of them to open the breaker.
    town = Town(seed, learners=120, centers=20)
    pushed = Subscribers(logs / "push_service", "calm", town, 3)
    sink.moods_of = dict.fromkeys((each.user.email for each in town.searches[:5]), Mood.STRICT)
    with running(*workers(logs, own_redis.url, trust([pushed.service], logs))):
        for number, mood in enumerate(FAILING, start=1):
            sink.mood = mood
            sink.drop_lines()
            gone, _ = town.open_slots(2)
            slots = 2 * number
            assert wait_until(lambda n=slots: set(pushed.pushed().values()) == {n}, seconds=180)
            assert mood != Mood.CLOSING or wait_until(mail_is_left_alone, seconds=120)
            pause(seconds)
            town.close_slots([gone])
        sink.mood = Mood.KIND
        sink.drop_lines()
        assert wait_until(town.all_told, seconds=150), look()
    pushed.service.close()
    expect_told_or_refused(town, sink)


def mail_is_left_alone() -> bool:
    """Whether the breaker has opened."""
    return Breaker.objects.filter(provider="smtp", failures__gte=3).exists()


def expect_told_or_refused(town: Town, sink) -> None:
    """All of what stayed open but those whose address was refused; every doubt is counted."""
    refused = set(MailRefusal.objects.values_list("address", flat=True))
    counts = set(told(sink.received))
    expected = {each for each in town.expected() if each[0] not in refused}
    assert refused <= set(sink.moods_of)
    assert expected - counts <= town.may_miss()
    assert counts <= town.expected()
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    assert doubled(sink) <= doubts
    others = UserAlert.objects.exclude(user__email__in=refused).exclude(state="sent")
    ended = set(others.values_list("state", "opening"))
    assert ended <= {("expired", opening) for opening in town.closed}


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
            assert wait_until(lambda: all_settled(town), seconds=180)
    assert verdict(town, sink.received) == NOTHING_WRONG


def test_no_worker_for_a_while_only_makes_it_later(sink, own_redis, seed, logs):
    configure()
    town = Town(seed, learners=60, centers=20)
    with running(beat(logs / "beat", redis=own_redis.url)):
        town.open_slots(5)
        pause(5)
        with running(worker(logs / "worker", redis=own_redis.url)):
            assert wait_until(lambda: all_settled(town), seconds=180)
    assert verdict(town, sink.received) == NOTHING_WRONG
