"""A waiting alert becomes one e-mail, and says so."""

import pytest

from alerts.delivery.deliver import deliver
from alerts.delivery.gather import gather_notifications
from alerts.models import Delivery, Notification
from tests.alerts.waiting import fetch, make_waiting
from tests.alerts.world import make_center, make_user

pytestmark = pytest.mark.django_db


def send() -> None:
    """One round of e-mail."""
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
    make_waiting(age=10)
    send()
    assert sink.received == []


def test_alerts_of_one_window_come_as_one_mail_the_closest_first(sink):
    user = make_user()
    search = make_waiting(user, miles=9, center=make_center()).preference
    near = make_center()
    make_waiting(search=search, miles=1, center=near, age=1)
    send()
    (mail,) = sink.received
    assert mail.part("text/plain").index(near.name) < mail.part("text/plain").index("9.0 miles")


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
    assert (due - first.created_at).total_seconds() == pytest.approx(20)


def test_a_delivery_that_is_accepted_is_free_of_its_lease(sink):
    make_waiting()
    send()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.lease_token, delivery.attempts) == ("accepted", None, 1)
