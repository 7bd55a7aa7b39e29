"""Without Celery, three commands do all that beat asks for."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands
from django.utils import timezone

from accounts.models import SavedSearch, StaffAlarm
from alerts.models import PendingReach, SearchEnding
from audit.models import AuditLog
from audit.trail import record
from dvsa_alerts.celery import app
from dvsa_alerts.management.commands import housekeep
from dvsa_alerts.operations.monitoring.heartbeats import silent_queues
from dvsa_alerts.periodic import HOUSEKEEP, WITHOUT_CELERY, WORK, Work, work_of
from slots.models import Slot
from slots.sources import add_source
from tests.alerts.world import make_center, make_search, make_slot
from tests.servers import wait_until

YESTERDAY = timezone.localdate() - timedelta(days=1)


def test_beat_and_the_commands_do_the_same_work():
    asked = {(name, entry["task"]) for name, entry in app.conf.beat_schedule.items()}
    done = {
        (work.name, work.task) for name in set(WITHOUT_CELERY.values()) for work in work_of(name)
    }
    assert asked == done
    assert len(app.conf.beat_schedule) == len(WORK)


def test_each_of_the_commands_is_there():
    assert {work.command for work in WORK} <= get_commands().keys()


def test_each_queue_is_some_commands():
    assert WITHOUT_CELERY.keys() == set(settings.QUEUES)


@pytest.mark.django_db
class TestOnce:
    @pytest.fixture(autouse=True)
    def mail(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def test_all_that_is_due_is_done(self, capsys):
        slot = make_slot(make_center(), date=YESTERDAY)
        search = make_search(date_to=YESTERDAY)
        PendingReach.objects.create(center=slot.center)
        record("test.done", actor=None, subject=None)
        silent = add_source(name="silent", actor=None)
        silent.heard_at = timezone.now() - timedelta(days=1)
        silent.save()
        call_command("housekeep")
        assert not Slot.objects.get().available
        assert not SavedSearch.objects.get(pk=search.pk).is_active
        assert SearchEnding.objects.get().search == search
        assert not PendingReach.objects.exists()
        assert AuditLog.objects.get(action="test.done").chain_no
        assert "silent" in StaffAlarm.objects.get().sentence
        assert capsys.readouterr().out.startswith(f"{len(work_of(HOUSEKEEP))} of ")

    def test_with_the_other_two_every_queue_gives_a_sign_of_life(self):
        assert set(silent_queues()) == set(settings.QUEUES)
        for command in sorted(set(WITHOUT_CELERY.values())):
            call_command(command)
        assert silent_queues() == []

    def test_json_names_what_was_done(self, capsys):
        call_command("housekeep", "--json")
        answer = json.loads(capsys.readouterr().out)
        assert answer == {"done": [work.name for work in work_of(HOUSEKEEP)], "failed": {}}


@pytest.mark.django_db(transaction=True)
def test_what_fails_is_named_and_keeps_nothing_else_from_being_done(capsys, monkeypatch):
    broken = Work("broken", "dvsa_alerts.tasks.heartbeat", 1.0, args=("x" * 1000,))
    monkeypatch.setattr(housekeep, "work_of", lambda name: [broken, *work_of(name)])
    record("test.done", actor=None, subject=None)
    with pytest.raises(SystemExit) as exit_with:
        call_command("housekeep", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert exit_with.value.code == 1
    assert answer["failed"].keys() == {"broken"}
    assert AuditLog.objects.get(action="test.done").chain_no


@pytest.fixture
def looping(transactional_db) -> Iterator[subprocess.Popen]:
    """`housekeep --loop`, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "housekeep", "--loop"],
        cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    yield process
    process.kill()
    process.wait()


def test_in_a_loop_it_does_what_becomes_due(looping):
    assert looping.stdout.readline()
    record("test.done", actor=None, subject=None)
    assert wait_until(lambda: AuditLog.objects.get(action="test.done").chain_no, seconds=180)
