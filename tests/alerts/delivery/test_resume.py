"""Resuming after a restore: what may have been sent ends, what is closed expires, the rest goes."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.config import SENDING
from alerts.delivery.deliver import deliver
from alerts.delivery.gather import gather_notifications
from alerts.delivery.resume import RESTORED, Resumption, resume_sending, stop_sending
from alerts.models import Delivery
from audit import config as audit_config
from audit.models import AuditLog, SystemConfig
from audit.trail import record
from tests.alerts.waiting import fetch, make_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored():
    """Sending is off since a restore just now."""
    record(RESTORED, actor=None, subject=None)
    stop_sending()
    audit_config.forget_cached()


def sending_is_on():
    audit_config.forget_cached()
    return SENDING.value()


def test_nothing_is_sent_while_it_is_off(restored):
    alert = make_waiting()
    gather_notifications()
    deliver("email", seconds=5)
    assert fetch(alert).state == "waiting"
    assert Delivery.objects.get().state == "pending"


def test_what_waited_in_the_backup_ends_and_what_came_since_goes_out(restored):
    before, since = make_waiting(age=3600), make_waiting(age=-1)
    resumption = resume_sending(actor=None)
    assert (resumption.in_doubt, resumption.closed, resumption.alerts) == (1, 0, 1)
    assert fetch(before).state == "suppressed"
    assert fetch(before).state_reason == "maybe_sent"
    assert fetch(since).state == "waiting"
    assert sending_is_on()


def test_what_is_in_doubt_goes_out_when_somebody_says_so(restored):
    before = make_waiting(age=3600)
    assert resume_sending(actor=None, send_doubtful=True).alerts == 1
    assert fetch(before).state == "waiting"


def test_what_is_no_longer_open_expires(restored):
    closed, passed = make_waiting(age=-1), make_waiting(age=-1)
    closed.opening.closed_at, closed.opening.close_reason = timezone.now(), "gone"
    closed.opening.save()
    passed.slot.date = timezone.localdate() - timedelta(days=1)
    passed.slot.save()
    assert resume_sending(actor=None).closed == 2
    assert {fetch(closed).state, fetch(passed).state} == {"expired"}
    assert fetch(closed).state_reason == "slot_closed"


def test_a_push_that_waited_for_a_second_device_ends(restored):
    alert = make_waiting(age=3600)
    gather_notifications()
    Delivery.objects.update(created_at=timezone.now() - timedelta(hours=1))
    alert.refresh_from_db()
    alert.state, alert.sent, alert.sent_at = "sent", True, timezone.now()
    alert.save()
    resume_sending(actor=None)
    assert Delivery.objects.get().state == "suppressed"


def test_without_a_restore_nothing_is_in_doubt():
    stop_sending()
    alert = make_waiting(age=3600)
    assert resume_sending(actor=None) == Resumption(None, 0, 0, alerts=1, people=1)
    assert fetch(alert).state == "waiting"


def test_looking_changes_nothing(restored):
    alert = make_waiting(age=3600)
    assert resume_sending(actor=None, only_look=True).in_doubt == 1
    assert fetch(alert).state == "waiting"
    assert not sending_is_on()
    assert not AuditLog.objects.filter(action="sending.resumed").exists()


def test_the_command_asks_and_takes_anything_but_yes_for_a_no(restored, monkeypatch, capsys):
    make_waiting(age=-1)
    monkeypatch.setattr("sys.stdin", io.StringIO("perhaps\n"))
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("resume_sending")
    assert "1 alerts to 1 people go out." in capsys.readouterr().err
    assert not sending_is_on()
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    call_command("resume_sending")
    assert sending_is_on()


def test_the_command_answers_one_json_object(restored, capsys):
    make_waiting(age=3600)
    call_command("resume_sending", "--yes", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["in_doubt"], answer["closed"], answer["alerts"]) == (1, 0, 0)
    assert SystemConfig.objects.get(key="alerts.sending").value == "true"
