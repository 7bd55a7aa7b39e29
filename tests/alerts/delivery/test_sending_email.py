"""A waiting alert becomes one email, and says so."""

import pytest

from alerts.delivery.deliver import deliver
from alerts.delivery.gather import gather_notifications
from alerts.models import Delivery, Notification
from tests.alerts.waiting import fetch, make_waiting, tomorrow
from tests.alerts.world import make_user

pytestmark = pytest.mark.django_db


def send() -> None:
    """One round of email."""
    deliver("email", seconds=30)


def test_a_waiting_alert_is_mailed_to_its_user(sink):
    alert = make_waiting()
    send()
    assert [mail.recipient for mail in sink.received] == [alert.user.email]


def test_an_accepted_alert_is_sent_and_says_when(sink):
    alert = make_waiting()
    send()
    alert = fetch(alert)
    assert (alert.state, alert.sent, alert.sent_at is not None) == ("sent", True, True)


def test_an_alert_younger_than_the_window_waits(sink):
    make_waiting(age=1)
    send()
    assert sink.received == []


def test_alerts_of_one_window_come_as_one_mail_the_soonest_first(sink):
    user = make_user()
    search = make_waiting(user, miles=1, day=tomorrow(9)).preference
    soon = make_waiting(search=search, miles=9, day=tomorrow(3), age=1)
    send()
    (mail,) = sink.received
    text = mail.part("text/plain")
    assert text.index(soon.slot.center.name) < text.index("1.0 miles")


def test_nothing_is_sent_again(sink):
    make_waiting()
    send()
    send()
    assert len(sink.received) == 1


def test_a_notification_is_due_at_the_end_of_its_first_alerts_window(sink):
    first = make_waiting(age=50)
    make_waiting(search=first.preference, age=5)
    gather_notifications()
    due = Notification.objects.get().due_at
    assert (due - first.created_at).total_seconds() == pytest.approx(2)


def test_a_delivery_that_is_accepted_is_free_of_its_lease(sink):
    make_waiting()
    send()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.lease_token, delivery.attempts) == ("accepted", None, 1)
