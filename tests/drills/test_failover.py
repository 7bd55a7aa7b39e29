"""A standby is promoted under load: nothing that was acknowledged is lost, nothing told twice."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from alerts.models import Delivery
from slots.models import SlotOpening
from tests import servers
from tests.databases import used_here
from tests.drills.senders import beat, pause, worker
from tests.drills.standby import Pair
from tests.drills.test_delivery_workers import all_settled, doubled, running
from tests.drills.town import Town, configure, verdict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

AWAY = (OperationalError, InterfaceError)


@pytest.fixture
def pair(monkeypatch) -> Iterator[Pair]:
    """A migrated pair that this process and those it starts use, as clients of two hosts do."""
    with servers.own_folder() as folder:
        pair = Pair(folder)
        pair.start()
        url = f"postgis://{{}}@/app?host={pair.hosts}&target_session_attrs=read-write"
        monkeypatch.setenv("DATABASE_URL", url.format("app"))
        monkeypatch.setenv("DATABASE_OWNER_URL", url.format("app_owner"))
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=settings.BASE_DIR, check=True)
        pair.replicate()
        options = connection.settings_dict["OPTIONS"]
        monkeypatch.setitem(options, "target_session_attrs", "read-write")
        with used_here("app", host=pair.hosts):
            yield pair
        pair.stop()


@pytest.fixture
def start(own_redis, logs):
    """Starts a worker and a beat."""
    return lambda: (
        worker(logs / "worker", redis=own_redis.url),
        beat(logs / "beat", redis=own_redis.url),
    )


def open_slots(town: Town) -> None:
    """A transaction whose commit is not acknowledged may or may not have been made: look."""
    try:
        town.open_slots(3)
    except AWAY:
        assert servers.wait_until(answers, seconds=180)
        made = set(SlotOpening.objects.values_list("pk", flat=True))
        town.openings = {pk: slot for pk, slot in town.openings.items() if pk in made}


def answers() -> bool:
    """Whether a server that takes writes is reached."""
    try:
        connection.close()
        return SlotOpening.objects.count() >= 0
    except AWAY:
        return False


@pytest.mark.parametrize("batches", [6, pytest.param(40, marks=pytest.mark.long)])
def test_a_promoted_standby_has_all_that_was_acknowledged(pair, sink, seed, start, batches):
    configure()
    town = Town(seed, learners=60, centers=20)
    sink.pause = 0.02
    with running(*start()):
        open_slots(town)
        assert servers.wait_until(lambda: all_settled(town), seconds=180)
        failing = threading.Thread(target=pair.fail_over)
        for number in range(batches):
            open_slots(town)
            if number == batches // 3:
                failing.start()
            pause(0.5)
        failing.join(60)
        open_slots(town)
        assert servers.wait_until(lambda: all_settled(town), seconds=180)
    assert not pair.primary.running()
    found = verdict(town, sink.received)
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    print(f"{len(sink.received)} mails, {doubled(sink)} doubled, {doubts} in doubt, {found}")  # noqa: T201
    assert (found["loss"], found["unexpected"]) == (0, 0)
    assert doubled(sink) <= doubts
