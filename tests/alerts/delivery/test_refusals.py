"""What follows from a refusal: for the message, for the address, for the server, and for staff."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.mail.refused_addresses import is_mail_refused, lift_refusal
from accounts.mail.retries import DELAYS
from accounts.models import BareRefusal, Breaker, MailRefusal, StaffAlarm
from alerts.delivery.deliver import send_due
from alerts.delivery.gather import gather_notifications
from alerts.models import Delivery
from tests.alerts.waiting import fetch, make_waiting
from tests.alerts.world import make_user

pytestmark = pytest.mark.django_db

# What the server answers, and where; what becomes of the delivery; whether its address is marked,
# the provider's breaker counts it, and staff are told.
RETRIED, OURS = ("retry", False, 0, False), ("retry", False, 1, True)
NEVER, GONE = ("failed", False, 0, False), ("failed", True, 0, False)
ANSWERS = [
    ("MAIL", "550 5.7.1 Not from you", OURS),
    ("MAIL", "451 4.3.0 Later", OURS),
    ("MAIL", "503 Bad sequence", OURS),
    ("RCPT", "550 5.1.1 No such user", GONE),
    ("RCPT", "550 5.1.10 Null MX", GONE),
    ("RCPT", "550 5.2.1 Disabled", GONE),
    ("RCPT", "553 5.1.3 Bad syntax", GONE),
    ("RCPT", "552 5.2.2 Mailbox full", RETRIED),
    ("RCPT", "552 Mailbox full", RETRIED),
    ("RCPT", "452 4.2.2 Mailbox full", RETRIED),
    ("RCPT", "451 Greylisted", RETRIED),
    ("RCPT", "554 5.7.1 Blocked", OURS),
    ("RCPT", "550 5.4.1 Access denied", OURS),
    ("RCPT", "550 5.3.0 System problem", OURS),
    ("RCPT", "550 5.5.0 Protocol", OURS),
    ("RCPT", "500 What?", OURS),
    ("RCPT", "504 Not implemented", OURS),
    ("RCPT", "421 Closing", OURS),
    ("RCPT", "550 No such user", OURS),
    ("RCPT", "554 No", OURS),
    ("DATA", "451 Later", RETRIED),
    ("DATA", "554 5.7.1 No", OURS),
    (".", "554 Not this", NEVER),
    (".", "550 5.6.0 Malformed", NEVER),
    (".", "550 5.1.1 No such user", GONE),
    (".", "550 5.7.1 Looks like spam", OURS),
    (".", "552 5.2.2 Mailbox full", RETRIED),
    (".", "451 4.7.1 Later", RETRIED),
]


@pytest.fixture
def alert():
    """A waiting alert whose delivery is due."""
    waiting = make_waiting()
    gather_notifications()
    return waiting


def make_due() -> None:
    """Let all that is to be tried again be due, and the breaker's time be over."""
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    Breaker.objects.update(open_until=F("open_until") - timedelta(hours=1))


def failures() -> int:
    """How many failures in a row the mail server's breaker counts."""
    return sum(Breaker.objects.values_list("failures", flat=True))


@pytest.mark.parametrize(("phase", "answer", "follows"), ANSWERS)
def test_what_follows_from_each_answer(alert, sink, phase, answer, follows):
    sink.says[phase] = answer
    send_due("email")
    delivery = Delivery.objects.get()
    alarm = StaffAlarm.objects.filter(sentence__contains=answer).exists()
    assert (delivery.state, MailRefusal.objects.exists(), failures(), alarm) == follows
    assert delivery.last_error == answer


@pytest.mark.parametrize(("phase", "answer", "follows"), ANSWERS)
def test_whatever_was_tried_again_arrives_once_the_server_takes_it(
    alert, sink, phase, answer, follows
):
    sink.says[phase] = answer
    send_due("email")
    sink.says.clear()
    make_due()
    send_due("email")
    assert len(sink.received) == (follows[0] == "retry")


# A server that refuses everybody


@pytest.fixture
def many():
    """Twenty more whose deliveries are due."""
    waiting = [make_waiting() for _ in range(20)]
    gather_notifications()
    return waiting


@pytest.mark.parametrize("answer", ["550 5.7.1 Blocked", "550 No"])
def test_a_server_that_refuses_everybody_is_left_alone_after_three(many, sink, answer):
    sink.says["RCPT"] = answer
    send_due("email")
    assert Breaker.objects.open_now().exists()
    assert Delivery.objects.exclude(last_error=None).count() == 3
    assert not MailRefusal.objects.exists()


def test_then_one_at_a_time_tries_it_and_uses_up_no_attempt(many, sink):
    sink.says["RCPT"] = "550 5.7.1 Blocked"
    send_due("email")
    for asked in range(1, 10):
        make_due()
        send_due("email")
        assert failures() == 3 + asked
    assert max(Delivery.objects.values_list("attempts", flat=True)) == 1


def test_once_it_takes_mail_again_all_of_it_goes(many, sink):
    sink.says["RCPT"] = "550 5.7.1 Blocked"
    for _ in range(4):
        send_due("email")
        make_due()
    sink.says.clear()
    while send_due("email").taken_up:
        make_due()
    assert len({mail.recipient for mail in sink.received}) == len(sink.received) == len(many)
    assert ({fetch(each).state for each in many}, failures()) == ({"sent"}, 0)


def test_ten_minutes_of_refusing_everybody_lose_nothing_and_mark_nobody(many, sink):
    """Time is moved to the next probe, each time one has failed."""
    sink.says["RCPT"] = "550 5.7.1 Blocked"
    waited = timedelta()
    while waited < timedelta(minutes=10):
        send_due("email")
        left = Breaker.objects.get().open_until - timezone.now()
        Breaker.objects.update(open_until=F("open_until") - left)
        Delivery.objects.update(
            next_attempt_at=F("next_attempt_at") - left, refused_since=F("refused_since") - left
        )
        waited += left
    sink.says.clear()
    make_due()
    while send_due("email").taken_up:
        make_due()
    assert {fetch(each).state for each in many} == {"sent"}
    assert len({mail.recipient for mail in sink.received}) == len(sink.received) == len(many)
    assert (MailRefusal.objects.count(), BareRefusal.objects.count(), failures()) == (0, 0, 0)


# A server that refuses one


def test_one_refused_address_holds_up_no_other(many, sink):
    sink.says[f"RCPT {many[0].user.email}"] = "550 5.7.1 Not for this one"
    assert send_due("email").accepted == len(many) - 1
    assert failures() == 0


def test_one_address_that_is_refused_again_and_again_counts_once(alert, sink):
    sink.says["RCPT"] = "550 5.7.1 Not for this one"
    for asked in range(1, 6):
        send_due("email")
        assert (failures(), Delivery.objects.get().attempts) == (1, asked)
        make_due()


def test_its_waits_grow_as_those_of_any_refusal(alert, sink):
    sink.says["RCPT"] = "550 No"
    for _ in range(3):
        make_due()
        send_due("email")
    wait = Delivery.objects.get().next_attempt_at - timezone.now()
    assert 30 < wait.total_seconds() <= 1.2 * DELAYS[2]


# A refusal that doesn't say whose fault it is


def a_day(sink, ada, *, others: bool = True) -> None:
    """Ada's address is refused without a code, and mail for others goes (or not), a day ago."""
    make_waiting(ada)
    if others:
        make_waiting()
    gather_notifications()
    sink.says[f"RCPT {ada.email}"] = "550 User unknown"
    send_due("email")
    make_due()
    send_due("email")
    Delivery.objects.all().delete()
    BareRefusal.objects.update(
        day=F("day") - timedelta(days=1), refused_at=F("refused_at") - timedelta(days=1)
    )


def test_an_address_refused_on_three_days_while_others_are_not_gets_no_more_mail(sink):
    ada = make_user()
    for day in range(1, 4):
        assert not is_mail_refused(ada)
        a_day(sink, ada)
        assert BareRefusal.objects.filter(while_others_went=True).count() == day
    assert MailRefusal.objects.get().reason == "550 User unknown"
    assert is_mail_refused(ada)


def test_many_refusals_on_one_day_condemn_nobody(alert, many, sink):
    sink.says[f"RCPT {alert.user.email}"] = "550 User unknown"
    for _ in range(8):
        make_waiting()
        gather_notifications()
        send_due("email")
        make_due()
    assert (BareRefusal.objects.count(), MailRefusal.objects.count()) == (1, 0)


def test_days_on_which_nobodys_mail_went_condemn_nobody(sink):
    ada = make_user()
    for _ in range(5):
        a_day(sink, ada, others=False)
    assert (BareRefusal.objects.count(), MailRefusal.objects.count()) == (5, 0)


def test_an_address_that_took_mail_in_between_starts_again(sink):
    ada = make_user()
    a_day(sink, ada)
    a_day(sink, ada)
    BareRefusal.objects.update(refused_at=F("refused_at") - timedelta(hours=1))
    sink.says.clear()
    make_waiting(ada)
    gather_notifications()
    send_due("email")
    assert BareRefusal.objects.against(ada).count() == 0


# Lifting


def test_what_is_lifted_is_as_if_it_had_never_been(alert, sink):
    MailRefusal.objects.create(user=alert.user, address=alert.user.email, reason="550 5.1.1")
    BareRefusal.objects.create(
        user=alert.user, address=alert.user.email, day=timezone.localdate(), reason="550"
    )
    assert lift_refusal(user=alert.user, actor=None)
    assert not BareRefusal.objects.exists()
    send_due("email")
    assert len(sink.received) == 1


def test_there_is_nothing_to_lift_where_nothing_was_refused(alert):
    assert not lift_refusal(user=alert.user, actor=None)
