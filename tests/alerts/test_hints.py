"""Hints reach the workers, or are dropped without harm to who gives them."""

import json
import os
import signal
import threading
from datetime import datetime

import pytest
from django.utils import timezone
from redis import Redis

from alerts.erasure import erase_user
from alerts.hints import hint_matching, hint_sending
from audit import config
from audit.models import SystemConfig
from slots.signals import openings_recorded
from tests import servers
from tests.alerts.world import make_user
from tests.brokers import broker_at
from tests.servers import wait_until


@pytest.fixture
def broker():
    """A Redis of the test's own, which the publisher is pointed at."""
    with servers.own_folder() as folder:
        redis = servers.OwnRedis(folder)
        redis.start()
        with broker_at(redis.url):
            yield redis
        redis.stop()


def waiting(broker, queue: str) -> int:
    """How many messages a queue holds."""
    with Redis(unix_socket_path=broker.url.removeprefix("redis+socket://")) as client:
        return client.llen(queue)


def countdowns(broker, queue: str) -> list[int]:
    """After which wait each message of a queue is to be acted on, in seconds."""
    with Redis(unix_socket_path=broker.url.removeprefix("redis+socket://")) as client:
        said = [json.loads(each)["headers"]["eta"] for each in client.lrange(queue, 0, -1)]
    now = timezone.now()
    return sorted(nearest((datetime.fromisoformat(eta) - now).total_seconds()) for eta in said)


def nearest(seconds: float) -> int:
    """The window or the gap, whichever it is nearer to."""
    return min((2, 60), key=lambda each: abs(each - seconds))


def test_new_openings_ask_for_matching(broker):
    openings_recorded.send(sender=None)
    assert waiting(broker, "matching") == 1


@pytest.mark.django_db
def test_sending_is_asked_for_on_both_channels(broker):
    hint_sending()
    assert countdowns(broker, "email") == countdowns(broker, "push") == [2, 60]


@pytest.mark.django_db
def test_without_a_gap_nobody_is_asked_again_when_it_ends(broker):
    SystemConfig.objects.create(key="alerts.gap_seconds", value="0")
    config.forget_cached()
    hint_sending()
    assert countdowns(broker, "email") == [2]


@pytest.mark.django_db
def test_an_erasure_asks_to_be_kept_beside_the_backups_once_it_is_committed(
    broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as committed:
        erase_user(user=make_user(), actor=None)
    assert waiting(broker, "housekeeping") == 0
    for act in committed:
        act()
    assert waiting(broker, "housekeeping") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("alerts", "senders"), [(50, 1), (150, 3), (100_000, 4)])
def test_many_alerts_ask_for_several_senders_at_once(broker, alerts, senders):
    hint_sending(alerts=alerts)
    assert countdowns(broker, "email") == countdowns(broker, "push") == [2] * senders + [60]


def test_a_broker_that_is_away_drops_the_hint(broker):
    broker.kill()
    hint_matching()
    broker.start()
    assert waiting(broker, "matching") == 0


def test_a_broker_that_hangs_is_given_up(broker):
    number = broker.process_id()
    os.kill(number, signal.SIGSTOP)
    giver = threading.Thread(target=hint_matching, daemon=True)
    giver.start()
    given_up = wait_until(lambda: not giver.is_alive(), seconds=180)
    os.kill(number, signal.SIGCONT)
    assert given_up
