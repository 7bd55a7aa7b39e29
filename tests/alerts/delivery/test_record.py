"""A lot's journal: what its sender leaves behind, and who may still write it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.channels.outcomes import Accepted
from alerts.delivery.claim import claim
from alerts.delivery.deliver import dispatch
from alerts.delivery.endings import Sent, begin, record
from alerts.delivery.fallback import send_stuck_pushes_by_mail
from alerts.delivery.gather import gather_notifications
from alerts.delivery.record import settle_left_behind
from alerts.delivery.sending import Started, start
from alerts.models import Delivery, Notification, SenderJournal
from tests.alerts.delivery.test_sending_push import subscribe
from tests.alerts.waiting import make_waiting
from tests.alerts.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot() -> list[Started]:
    """Four messages that one sender is about to hand over."""
    for _ in range(4):
        make_waiting()
    gather_notifications()
    return start(claim("email"))


def let_turns_end() -> None:
    """Let no more turn of a lot begin; what is on the wire keeps its lease."""
    then = timezone.now() - timedelta(seconds=1)
    SenderJournal.objects.update(look_until=then)
    Delivery.objects.filter(state="sending").update(next_attempt_at=then)


def let_leases_end() -> None:
    """And let that be over too."""
    let_turns_end()
    SenderJournal.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def accept(started: Started, following: Started) -> None:
    """One was accepted, and the following is about to reach the network."""
    assert record(Sent(started.held, Accepted()), following.held)


def states() -> list[str]:
    """Of all deliveries, the first first."""
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def test_a_death_leaves_one_doubt_and_nothing_that_was_accepted_goes_out_again(lot, sink):
    assert begin(lot[0].held)
    accept(lot[0], lot[1])
    accept(lot[1], lot[2])
    let_leases_end()
    assert dispatch("email").accepted == 2
    assert {mail.recipient for mail in sink.received} == {
        each.message.recipient for each in lot[2:]
    }
    assert list(Delivery.objects.in_doubt()) == [Delivery.objects.get(pk=lot[2].held.id)]
    assert states() == ["accepted"] * 4


def test_what_was_accepted_is_told_when_its_sender_has_died(lot):
    begin(lot[0].held)
    accept(lot[0], lot[1])
    let_turns_end()
    settle_left_behind()
    assert states() == ["accepted", "sending", "sending", "sending"]
    told = Delivery.objects.order_by("id")[0].notification.alerts.get()
    assert (told.state, told.sent) == ("sent", True)


def test_what_is_on_the_wire_stays_its_senders_when_the_others_are_taken_up(lot, sink):
    begin(lot[0].held)
    let_turns_end()
    assert dispatch("email").accepted == 3
    assert not record(Sent(lot[0].held, Accepted()), lot[1].held)
    assert (states(), Delivery.objects.in_doubt().count()) == (["accepted"] * 4, 0)


def test_nobody_takes_up_a_lot_that_is_being_handed_over(lot, sink):
    begin(lot[0].held)
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    assert (settle_left_behind(), claim("email")) == (0, [])


def test_each_try_counts_once_whoever_settles_it(lot):
    begin(lot[0].held)
    accept(lot[0], lot[1])
    let_turns_end()
    settle_left_behind()
    record(Sent(lot[1].held, Accepted()), None)
    tries = Delivery.objects.order_by("id").values_list("attempts", flat=True)
    assert list(tries) == [1, 1, 0, 0]


def test_a_journal_ends_with_its_lot(sink):
    make_waiting()
    gather_notifications()
    dispatch("email")
    assert not SenderJournal.objects.exists()


def test_a_push_that_its_journal_knows_as_accepted_is_not_sent_by_mail(push_service):
    for path in ("/one", "/two"):
        user = make_user()
        subscribe(user, push_service, path)
        make_waiting(user, method="push")
    gather_notifications()
    first, second = start(claim("push"))
    begin(first.held)
    accept(first, second)
    late = timezone.now() - timedelta(seconds=61)
    Notification.objects.update(due_at=late)
    assert send_stuck_pushes_by_mail() == 1
    mailed = Delivery.objects.get(channel="email")
    assert mailed.notification_id == second.held.notification_id
