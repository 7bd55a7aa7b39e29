"""A learner's companions get the same alerts by email, and nothing of theirs holds up a learner."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import MailRefusal
from alerts.companions import end_companion
from alerts.delivery.deliver import deliver
from alerts.delivery.gather import gather_notifications, mail_stuck_pushes
from alerts.models import Companion, Delivery, Notification
from slots.models import Slot
from tests.alerts.delivery.test_gather import channels, subscribe
from tests.alerts.waiting import fetch, make_waiting
from tests.alerts.world import make_user
from tests.smtp_sink import Mood

pytestmark = pytest.mark.django_db
MUM = "mum@example.org"


def make_companion(user, *, email: str = MUM, place: int = 1, **fields) -> Companion:
    """One who has said yes."""
    wanted = {"confirmed_at": timezone.now(), "learner_name": "Ben"} | fields
    return Companion.objects.create(user=user, email=email, place=place, **wanted)


@pytest.fixture
def ben():
    return make_user()


@pytest.fixture
def mum(ben):
    return make_companion(ben)


def send() -> None:
    """A round of all channels."""
    for channel in Delivery.Channel.values:
        deliver(channel, seconds=30)


def recipients(sink) -> list[str]:
    return [mail.recipient for mail in sink.received]


def test_a_companion_gets_the_same_slots_after_the_learner(ben, mum, sink):
    alert = make_waiting(ben)
    send()
    own, other = sink.received
    assert [own.recipient, other.recipient] == [ben.email, MUM]
    assert alert.slot.center.name in other.part("text/plain")


def test_each_companion_is_told_once(ben, mum, sink):
    make_companion(ben, email="coach@example.org", place=2)
    make_waiting(ben)
    send()
    send()
    assert sorted(recipients(sink)) == sorted([ben.email, MUM, "coach@example.org"])


def test_their_mail_says_whose_search_it_is_and_has_none_of_the_learners_links(ben, mum, sink):
    make_waiting(ben)
    send()
    text = sink.received[1].part("text/plain")
    assert "Ben has named you" in text
    for path in ("/unsubscribe/", "/pause/", "/got-a-test/", "/not-for-me/", "/alerts/"):
        assert path not in text


def test_unsubscribing_from_their_mail_is_about_them_alone(ben, mum, sink):
    make_waiting(ben)
    send()
    assert "/companions/" in sink.received[1].message["List-Unsubscribe"]


@pytest.mark.parametrize(
    "state", [{"confirmed_at": None}, {"ended_at": timezone.now(), "end_reason": "stopped"}]
)
def test_who_has_not_said_yes_or_has_stopped_gets_nothing(ben, sink, state):
    make_companion(ben, **state)
    make_waiting(ben)
    send()
    assert recipients(sink) == [ben.email]


def test_other_learners_alerts_are_not_theirs(mum, sink):
    alert = make_waiting()
    send()
    assert recipients(sink) == [alert.user.email]


def test_nothing_more_goes_out_once_they_are_taken_back(ben, mum, sink):
    make_waiting(ben)
    gather_notifications()
    end_companion(companion=mum, reason=Companion.EndReason.TAKEN_BACK, actor=ben)
    send()
    assert recipients(sink) == [ben.email]
    ended = Delivery.objects.get(companion=mum)
    assert (ended.state, ended.reason) == ("suppressed", "companion_ended")


def test_a_slot_that_is_gone_meanwhile_is_not_told_them(ben, mum, sink):
    make_waiting(ben)
    deliver("email", seconds=30)
    Slot.objects.update(available=False)
    send()
    assert recipients(sink) == [ben.email]


def test_they_are_told_where_the_learners_own_address_takes_no_mail(ben, mum, sink):
    MailRefusal.objects.create(user=ben, address=ben.email, reason="550 5.1.1")
    alert = make_waiting(ben)
    send()
    assert recipients(sink) == [MUM]
    assert fetch(alert).state_reason == "address_refuses"


def test_an_address_of_theirs_that_is_refused_for_good_ends_them_and_marks_nobody(ben, mum, sink):
    alert = make_waiting(ben)
    deliver("email", seconds=30)
    sink.mood = Mood.STRICT
    send()
    mum.refresh_from_db()
    assert mum.end_reason == "refused"
    assert not MailRefusal.objects.exists()
    assert fetch(alert).state == "sent"


def test_their_mail_does_not_make_a_stuck_push_count_as_told(ben, mum, sink):
    subscribe(ben)
    alert = make_waiting(ben, method="push")
    gather_notifications()
    deliver("companion", seconds=30)
    assert (recipients(sink), fetch(alert).state) == ([MUM], "waiting")
    Notification.objects.update(due_at=timezone.now() - timedelta(hours=1))
    mail_stuck_pushes()
    assert channels() == ["companion", "email", "push"]
    deliver("email", seconds=30)
    assert (recipients(sink), fetch(alert).state) == ([MUM, ben.email], "sent")


def test_a_push_that_goes_by_email_leaves_their_mail_as_it_is(ben, mum):
    subscribe(ben)
    make_waiting(ben, method="push")
    gather_notifications()
    Notification.objects.update(due_at=timezone.now() - timedelta(hours=1))
    mail_stuck_pushes()
    assert Delivery.objects.get(channel="companion").state == "pending"


def test_a_mail_that_waits_for_them_keeps_no_alert_open(ben, mum, sink):
    """The learner's failed for good: their alert says so, whatever a companion's does."""
    alert = make_waiting(ben)
    gather_notifications()
    Delivery.objects.filter(channel="companion").update(
        next_attempt_at=timezone.now() + timedelta(hours=1)
    )
    sink.mood = Mood.STRICT
    deliver("email", seconds=30)
    assert fetch(alert).state == "failed"
