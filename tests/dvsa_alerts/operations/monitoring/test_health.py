"""`check_health` says of each part whether it is well, and exits 1 for what is not."""

import json
import os
import shutil
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.mail.outbox import queue_mail
from accounts.mail.refusals import Fault
from accounts.mail.send import end_outlived
from accounts.models import Breaker, OutboxMail
from alerts.models import Delivery, Notification, PendingReach
from audit import config
from audit.models import SystemConfig
from audit.trail import record
from centers.models import Center
from dvsa_alerts.models import Heartbeat
from dvsa_alerts.operations.backups.folder import backup_name
from dvsa_alerts.operations.monitoring import health
from dvsa_alerts.operations.monitoring.heartbeats import note
from slots.models import Slot, SlotOpening, Source
from tests import databases
from tests.brokers import NOWHERE, broker_at
from tests.people import learner
from tests.servers import OwnPostgres, own_folder, wait_until

pytestmark = pytest.mark.django_db


def check(*words: str) -> tuple[int, str]:
    """The exit code, and what was printed."""
    out = StringIO()
    try:
        call_command("check_health", *words, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def wrong() -> dict[str, str]:
    """What is wrong, by part."""
    parts = json.loads(check("--json")[1])["parts"]
    return {part["name"]: part["says"] for part in parts if not part["is_well"]}


@pytest.fixture(autouse=True)
def _alive():
    for queue in settings.QUEUES:
        note(queue)


def test_all_well_exits_0_with_a_line_for_each_part():
    code, said = check()
    assert code == 0, said
    lines = said.splitlines()
    assert [line.split()[1] for line in lines] == list(health.EVERYTHING)
    assert {line.split()[0] for line in lines} == {"ok"}


def test_what_is_wrong_exits_1_and_is_named():
    Source.objects.create(name="feed", created_at=timezone.now() - timedelta(hours=2))
    code, said = check()
    assert code == 1
    assert "WRONG  sources     silent for too long: feed" in said


def test_a_source_that_was_just_added_has_its_time_before_it_is_called_silent():
    Source.objects.create(name="feed")
    assert wrong() == {}


def test_a_queue_without_a_worker_is_named():
    Heartbeat.objects.filter(queue="email").update(at=timezone.now() - timedelta(minutes=3))
    assert wrong() == {"workers": "no sign of life of email"}


def test_when_no_queue_has_been_at_work_beat_is_missing_too():
    Heartbeat.objects.all().delete()
    assert set(wrong()) == {"beat", "workers"}


def test_an_opening_that_nobody_matches_is_late():
    center = Center.objects.create(name="Goodmayes", postcode="IG3 9UZ")
    slot = Slot.objects.create(
        center=center, test_type="practical", date="2999-01-01", time="08:10"
    )
    opening = SlotOpening.objects.create(slot=slot, episode=1, opened_at=timezone.now())
    SlotOpening.objects.filter(pk=opening.pk).update(
        recorded_at=timezone.now() - timedelta(minutes=2)
    )
    assert wrong()["matching"].startswith("an opening has waited for 1")


def test_a_centre_that_nobody_follows_is_late():
    center = Center.objects.create(name="Goodmayes", postcode="IG3 9UZ")
    hours_ago = timezone.now() - timedelta(hours=2)
    PendingReach.objects.create(center=center, created_at=hours_ago)
    assert wrong()["reach"].startswith("a centre has waited for 7")


def test_a_delivery_that_nobody_takes_up_is_overdue():
    notification = Notification.objects.create(
        user=learner("ada@example.org"), method="email", due_at=timezone.now()
    )
    Delivery.objects.create(
        notification=notification, channel="email", provider="smtp",
        next_attempt_at=timezone.now() - timedelta(seconds=300),
    )  # fmt: skip
    assert wrong()["deliveries"].startswith("email: 1 overdue, the oldest by 30")


def queue_code() -> None:
    queue_mail(
        to="ada@example.org", kind="login_code", subject="", text="", html="", is_awaited=True,
        good_for=timedelta(minutes=10),
    )  # fmt: skip


def test_a_code_that_does_not_leave_is_late_and_the_servers_words_say_why():
    queue_code()
    minute_ago = timezone.now() - timedelta(minutes=1)
    OutboxMail.objects.update(created_at=minute_ago, last_error="SSLError: self-signed")
    assert wrong()["mail"].startswith("the oldest of 1 has waited for 6")
    assert wrong()["mail"].endswith(" s: SSLError: self-signed")


def test_mail_that_never_left_is_said_for_an_hour():
    queue_code()
    OutboxMail.objects.update(expires_at=timezone.now())
    end_outlived()
    assert wrong() == {"mail": "1 of the last hour never left"}
    OutboxMail.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert wrong() == {}


@pytest.mark.parametrize("fault", [Fault.ADDRESS, Fault.MAILBOX])
def test_a_mail_whose_address_takes_none_is_nobodys_concern(fault):
    queue_code()
    hour_ago = timezone.now() - timedelta(minutes=50)
    OutboxMail.objects.update(created_at=hour_ago, last_error="550 5.1.1", fault=fault)
    OutboxMail.objects.filter(fault=Fault.ADDRESS).update(
        state="failed", subject=None, text=None, html=None, headers=None
    )
    assert wrong() == {}


def test_a_provider_that_is_left_alone_is_named():
    Breaker.objects.create(provider="smtp", open_until=timezone.now() + timedelta(minutes=1))
    assert wrong() == {"providers": "left alone for a while: smtp"}


def test_sending_that_is_switched_off_is_said():
    SystemConfig.objects.create(key="alerts.sending", value="false")
    config.forget_cached()
    assert "resume_sending" in wrong()["sending"]


def test_a_setting_that_does_not_fit_is_named():
    SystemConfig.objects.create(key="alerts.coalesce_seconds", value="soon")
    assert "alerts.coalesce_seconds" in wrong()["settings"]


@pytest.mark.django_db(transaction=True)
def test_an_audit_entry_that_is_not_sealed_is_late():
    entry = record("x", actor=None, subject=None)
    databases.date_entry(entry, timezone.now() - timedelta(minutes=5))
    late = wrong()
    assert set(late) == {"audit"}
    assert late["audit"].startswith("an entry has waited for 30")


def test_a_redis_that_is_away_is_named_and_the_others_are_asked():
    with broker_at(NOWHERE):
        assert set(wrong()) == {"redis"}


class TestBackups:
    @pytest.fixture(autouse=True)
    def folder(self, settings, tmp_path):
        settings.BACKUP_DIR = str(tmp_path)
        return tmp_path

    @staticmethod
    def made(folder, hours: int):
        name = backup_name(timezone.now() - timedelta(hours=hours))
        (folder / name).touch()

    def test_the_newest_counts(self, folder):
        self.made(folder, hours=50)
        assert wrong() == {"backups": "the newest is 50 hours old"}
        self.made(folder, hours=25)
        assert wrong() == {}

    def test_staff_say_how_old_it_may_be(self, folder):
        self.made(folder, hours=25)
        SystemConfig.objects.create(key="backups.late_after_hours", value="24")
        config.forget_cached()
        assert set(wrong()) == {"backups"}

    def test_one_that_is_still_being_written_is_none(self, folder):
        (folder / ".slot-alerts-20261125T024447.308847Z.tar.part").touch()
        assert wrong() == {"backups": "there is none"}

    def test_a_folder_that_is_gone_is_said(self, settings):
        settings.BACKUP_DIR = "/nowhere"
        assert "No such file" in wrong()["backups"]

    def test_without_a_folder_nobody_looks(self, settings):
        settings.BACKUP_DIR = ""
        assert wrong() == {}


class TestDisks:
    @pytest.fixture
    def disks(self, monkeypatch, settings, tmp_path):
        """The backups on a disk of their own, of which so much is free."""
        settings.BACKUP_DIR = str(tmp_path)
        (tmp_path / backup_name(timezone.now())).touch()
        usage, stat = shutil.disk_usage, os.stat

        def own(path, *args, **kwargs):
            found = stat(path, *args, **kwargs)
            if path != str(tmp_path):
                return found
            return SimpleNamespace(st_dev=-1, st_mode=found.st_mode)

        def fill(free):
            ours = SimpleNamespace(total=100, free=free)
            monkeypatch.setattr(
                shutil, "disk_usage", lambda path: ours if path == str(tmp_path) else usage(path)
            )
            monkeypatch.setattr(os, "stat", own)

        return fill

    def test_one_of_the_backups_that_is_full_is_named(self, disks):
        disks(4)
        assert "backups 4% free" in wrong()["disk"]

    def test_one_that_has_room_is_well(self, disks):
        disks(50)
        assert "disk" not in wrong()


@pytest.mark.django_db(transaction=True)
def test_a_log_that_cannot_be_archived_is_said():
    with own_folder() as folder:
        cluster = OwnPostgres(folder, ("archive_mode=on", "archive_command=false"))
        cluster.start()
        with databases.superuser_connection("postgres", cluster.host) as superuser:
            superuser.execute("SELECT pg_switch_wal()")
        try:
            with databases.used_here("app", cluster.host):
                assert wait_until(lambda: not asked("archive").is_well, seconds=180)
                assert "archive its log since 0000" in asked("archive").says
        finally:
            cluster.stop()


def asked(name: str) -> health.Part:
    """One part's answer."""
    return health.look({name: health.EVERYTHING[name]})[0]
