"""What waits, what became of the last alerts, what is in doubt, and who is left alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Breaker
from alerts.delivery.gather import gather_notifications
from alerts.models import Delivery, UserAlert
from alerts.watching import watch
from tests.alerts.waiting import make_waiting
from tests.alerts.world import make_center, make_opening, make_slot

pytestmark = pytest.mark.django_db


def ago(seconds: float):
    return timezone.now() - timedelta(seconds=seconds)


def test_it_counts_what_waits_for_matching_and_for_how_long():
    make_opening(make_slot(make_center()), recorded_at=ago(90))
    make_opening(make_slot(make_center()), recorded_at=ago(90), matched_at=ago(80))
    found = watch.unmatched()
    assert found.count == 1
    assert 90 <= found.oldest_seconds < 120


def test_it_counts_what_no_message_has_taken_up():
    make_waiting(age=50)
    found = watch.ungathered()
    assert (found.count, found.oldest_seconds >= 50) == (1, True)
    gather_notifications()
    assert watch.ungathered() == watch.Backlog(0, 0.0)


def test_a_message_is_overdue_from_when_it_could_be_taken_up():
    make_waiting(age=50)
    gather_notifications()
    Delivery.objects.update(next_attempt_at=ago(30))
    assert 30 <= watch.overdue()["email"].oldest_seconds < 60
    Delivery.objects.update(next_attempt_at=timezone.now() + timedelta(hours=1))
    assert watch.overdue() == dict.fromkeys(Delivery.Channel.values, watch.Backlog(0, 0.0))


def test_it_counts_alerts_and_deliveries_by_state_with_the_states_that_nothing_is_in():
    for _ in range(3):
        make_waiting()
    UserAlert.objects.filter(pk=make_waiting().pk).update(state=None)
    gather_notifications()
    first = Delivery.objects.earliest("pk")
    Delivery.objects.filter(pk=first.pk).update(state="expired")
    found = watch.look()
    assert found.alerts == dict.fromkeys(UserAlert.State.values, 0) | {"waiting": 3}
    assert found.deliveries["email", "pending"] == 2
    assert found.deliveries["email", "expired"] == 1
    assert found.deliveries["push", "pending"] == 0


def test_of_what_has_ended_only_the_newest_are_counted_and_of_what_has_not_all(monkeypatch):
    for _ in range(3):
        make_waiting()
    gather_notifications()
    monkeypatch.setattr(watch, "NEWEST", 1)
    assert watch.deliveries_by_state()["email", "pending"] == 3
    Delivery.objects.update(state="failed")
    assert watch.deliveries_by_state()["email", "failed"] == 1


def test_what_was_there_before_the_ids_jumped_is_counted(continue_at, monkeypatch):
    """As after a restore, which lets no number of the lost time be given to anything else."""
    monkeypatch.setattr(watch, "NEWEST", 3)
    for jump in (1, 1_000_000_000, 2_000_000_000):
        continue_at(UserAlert, jump)
        continue_at(Delivery, jump)
        make_waiting()
        gather_notifications()
    Delivery.objects.update(state="accepted", accepted_at=timezone.now())
    assert watch.alerts_by_state()["waiting"] == 3
    assert watch.deliveries_by_state()["email", "accepted"] == 3


def test_it_counts_every_doubt():
    for _ in range(2):
        make_waiting()
    gather_notifications()
    assert watch.doubts() == 0
    Delivery.objects.update(in_doubt=2)
    assert watch.doubts() == 4


def test_it_names_the_providers_that_are_left_alone():
    Breaker.objects.create(provider="smtp", failures=3, open_until=timezone.now())
    Breaker.objects.create(
        provider="push.example", failures=3, open_until=timezone.now() + timedelta(seconds=30)
    )
    assert [breaker.provider for breaker in watch.look().left_alone] == ["push.example"]
