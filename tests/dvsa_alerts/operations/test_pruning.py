"""Retention: what is older than the settings say goes, in order, and nothing else does."""

import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.mail.outbox import queue_mail
from accounts.models import OutboxMail, Role, User
from alerts.delivery.gather import gather_notifications
from alerts.models import Companion, Delivery, Notification, UserAlert, Wave
from audit import config
from audit.models import AuditLog, SystemConfig
from dvsa_alerts import tasks
from dvsa_alerts.operations.pruning import RULES, prune
from slots.models import FeedBatch, HeldSlot, Slot, SlotOpening, Source
from tests.alerts.waiting import make_waiting
from tests.alerts.world import make_center, make_opening, make_slot, make_user

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def make_old_alert(days, state="expired", **fields):
    """An alert of so long ago whose slot has passed, with its message."""
    alert = make_waiting(age=days * 86_400)
    gather_notifications()
    Notification.objects.update(created_at=days_ago(days))
    Delivery.objects.update(state="expired")
    slots = Slot.objects.filter(pk=alert.slot_id)
    slots.update(available=False, date=days_ago(days).date(), created_at=days_ago(days + 20))
    SlotOpening.objects.filter(pk=alert.opening_id).update(
        closed_at=days_ago(days), close_reason="passed"
    )
    UserAlert.objects.filter(pk=alert.pk).update(state=state, **fields)
    return alert


def test_alerts_go_with_their_messages_and_deliveries_after_180_days():
    old, young = make_old_alert(181), make_waiting()
    removed = prune(RULES)
    assert (removed["alerts"], removed["notifications"]) == (1, 1)
    assert list(UserAlert.objects.all()) == [young]
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()
    assert SlotOpening.objects.filter(pk=old.opening_id).exists()


def test_an_alert_that_still_waits_is_kept():
    make_old_alert(181, state="waiting")
    assert prune(RULES)["alerts"] == 0


def test_openings_and_slots_go_after_400_days_once_nothing_is_about_them():
    alert = make_old_alert(401)
    Wave.objects.create(opening=alert.opening, number=1, waiting=20, told=15, told_so_far=15)
    removed = prune(RULES)
    assert (removed["openings"], removed["slots"]) == (1, 1)
    assert not Slot.objects.exists()


def test_an_opening_with_an_alert_that_is_kept_longer_is_kept():
    SystemConfig.objects.create(key="alerts.keep_days", value="3000")
    config.forget_cached()
    make_old_alert(401)
    removed = prune(RULES)
    assert (removed["alerts"], removed["openings"], removed["slots"]) == (0, 0, 0)


def test_an_open_opening_and_an_available_slot_are_kept_however_old():
    slot = make_slot(make_center(), date=days_ago(500).date())
    Slot.objects.update(created_at=days_ago(600))
    make_opening(slot, recorded_at=days_ago(600))
    removed = prune(RULES)
    assert (removed["openings"], removed["slots"]) == (0, 0)


def make_batch(source, days, status="applied"):
    return FeedBatch.objects.create(
        source=source, status=status, observed_at=days_ago(days), digest="x",
        recorded_at=days_ago(days),
    )  # fmt: skip


def test_batches_go_after_30_days_but_a_sources_newest_and_those_held():
    source = Source.objects.create(name="northern")
    old, held = make_batch(source, 40), make_batch(source, 39, status="held")
    slot = make_slot(make_center())
    opening = make_opening(slot, batch=old)
    HeldSlot.objects.create(
        batch=old, center=slot.center, test_type="practical", date=slot.date, time=slot.time
    )
    young, newest = make_batch(source, 20), make_batch(Source.objects.create(name="quiet"), 90)
    assert prune(RULES)["batches"] == 1
    assert set(FeedBatch.objects.all()) == {held, young, newest}
    opening.refresh_from_db()
    assert opening.batch is None
    assert not HeldSlot.objects.exists()


def test_accounts_that_were_never_verified_are_erased_after_7_days():
    given_up = make_user(verified=False, created_at=days_ago(8))
    kept = {
        make_user(verified=False, created_at=days_ago(6)),
        make_user(verified=True, created_at=days_ago(900)),
        make_user(verified=False, created_at=days_ago(8), last_login=days_ago(8)),
        make_user(
            verified=False, created_at=days_ago(8), role=Role.objects.get(role_name="auditor")
        ),
        User.objects.create(email="by-hand@example.org", password="x", created_at=days_ago(900)),
    }
    assert prune(RULES)["unverified_accounts"] == 1
    assert set(User.objects.all()) == kept
    assert AuditLog.objects.get(action="user.erased").subject_id == str(given_up.pk)
    assert not EmailAddress.objects.filter(email=given_up.email).exists()


def test_companions_who_never_agreed_or_have_stopped_are_forgotten_after_30_days():
    user, old, young = make_user(), days_ago(31), days_ago(29)

    def make_companion(number: int, **fields) -> Companion:
        email, place = f"{number}@example.org", number % 3 + 1
        wanted = {"email": email, "place": place, "learner_name": "Ben"} | fields
        return Companion.objects.create(user=user, **wanted)

    make_companion(1, named_at=old)
    make_companion(2, named_at=days_ago(90), confirmed_at=old, ended_at=old, end_reason="stopped")
    kept = {
        make_companion(3, named_at=young),
        make_companion(4, named_at=old, ended_at=young, end_reason="stopped"),
        make_companion(5, named_at=days_ago(900), confirmed_at=days_ago(899)),
    }
    assert prune(RULES)["companions"] == 2
    assert set(Companion.objects.all()) == kept


def test_expired_sessions_go_and_their_entries_in_the_owners_list():
    user = make_user()
    for key, days in (("expired", -1), ("live", 1)):
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(days=days))
        entry = UserSession.objects.create(user=user, session_key=key, ip="192.0.2.1")
        UserSession.objects.filter(pk=entry.pk).update(created_at=days_ago(60))
    assert prune(RULES)["sessions"] == 1
    assert [s.session_key for s in Session.objects.all()] == ["live"]
    assert [s.session_key for s in UserSession.objects.all()] == ["live"]


def test_mails_that_ended_go_after_7_days_and_one_that_waits_stays():
    for to in ("sent@example.org", "new@example.org", "waits@example.org"):
        queue_mail(to=to, kind="notice", subject="", text="", html="", good_for=timedelta(days=1))
    silent = {"subject": None, "text": None, "html": None, "headers": None}
    OutboxMail.objects.exclude(to="waits@example.org").update(state="failed", **silent)
    OutboxMail.objects.exclude(to="new@example.org").update(created_at=days_ago(8))
    assert prune(RULES)["mails"] == 1
    left = OutboxMail.objects.order_by("pk").values_list("to", flat=True)
    assert list(left) == ["new@example.org", "waits@example.org"]


def test_a_dry_run_counts_the_same_and_removes_nothing():
    make_old_alert(181)
    make_user(verified=False, created_at=days_ago(8))
    counted = prune(RULES, dry_run=True)
    assert UserAlert.objects.count() == Notification.objects.count() == 1
    assert (counted["alerts"], counted["unverified_accounts"]) == (1, 1)
    assert prune(RULES)["alerts"] == counted["alerts"]


def test_many_rows_go_in_several_lots():
    slot = make_slot(make_center())
    user = make_user()
    then = days_ago(200)
    UserAlert.objects.bulk_create(
        UserAlert(user=user, slot=slot, created_at=then, state="expired") for _ in range(4_500)
    )
    young = UserAlert.objects.create(user=user, slot=slot, state="expired")
    chunks = []
    prune(RULES, progress=lambda name, count: chunks.append(count) if name == "alerts" else None)
    assert chunks == [2000, 2000, 500]
    assert list(UserAlert.objects.all()) == [young]


def test_a_lot_uses_the_key_and_reads_no_more_than_itself():
    plan = "EXPLAIN SELECT alert_id FROM useralerts WHERE alert_id > 0 ORDER BY alert_id LIMIT 2000"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(plan)
        lines = [row[0] for row in cursor.fetchall()]
    assert any("useralerts_pkey" in line for line in lines)


def test_the_task_prunes_without_the_owners_rights():
    make_old_alert(181)
    tasks.prune()
    assert not UserAlert.objects.exists()


def test_the_command_answers_one_json_object(capsys):
    make_old_alert(181)
    call_command("prune", "--dry-run", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["removed"]["alerts"]) == ("checked", 1)
    assert answer["removed"]["entries"] == 0
