"""A sender's journal: what its death leaves behind, and who may still write it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.mail.results import Accepted
from alerts.delivery.claim import claim
from alerts.delivery.compose import Prepared
from alerts.delivery.deliver import prepare, send_due
from alerts.delivery.gather import gather_notifications, mail_stuck_pushes
from alerts.delivery.record import Journal, settle_left_behind
from alerts.models import Delivery, Notification, SenderJournal
from tests.alerts.delivery.test_sending_push import subscribe
from tests.alerts.waiting import make_waiting
from tests.alerts.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def chunk() -> list[Prepared]:
    """Four messages that one sender is about to send."""
    for _ in range(4):
        make_waiting()
    gather_notifications()
    return prepare(claim("email"))


@pytest.fixture
def journal(chunk) -> Journal:
    """What their sender writes."""
    return Journal(chunk[0].claimed.token)


def let_turns_end() -> None:
    """Let no more turn of a chunk begin; what is on the wire keeps its lease."""
    then = timezone.now() - timedelta(seconds=1)
    SenderJournal.objects.update(look_until=then)
    Delivery.objects.filter(state="sending").update(next_attempt_at=then)


def let_leases_end() -> None:
    """And let that be over too."""
    let_turns_end()
    SenderJournal.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def accept(journal: Journal, prepared: Prepared, following: Prepared) -> None:
    """One was accepted, and the following is about to reach the network."""
    journal.note(prepared.claimed, Accepted())
    assert journal.begin(following.claimed)


def states() -> list[str]:
    """Of all deliveries, the first first."""
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def test_a_death_leaves_one_doubt_and_nothing_that_was_accepted_goes_out_again(
    chunk, journal, sink
):
    assert journal.begin(chunk[0].claimed)
    accept(journal, chunk[0], chunk[1])
    accept(journal, chunk[1], chunk[2])
    let_leases_end()
    assert send_due("email").accepted == 2
    assert {mail.recipient for mail in sink.received} == {
        each.message.recipient for each in chunk[2:]
    }
    assert list(Delivery.objects.in_doubt()) == [Delivery.objects.get(pk=chunk[2].claimed.id)]
    assert states() == ["accepted"] * 4


def test_what_was_accepted_is_told_when_its_sender_has_died(chunk, journal):
    journal.begin(chunk[0].claimed)
    accept(journal, chunk[0], chunk[1])
    let_turns_end()
    settle_left_behind()
    assert states() == ["accepted", "sending", "sending", "sending"]
    told = Delivery.objects.order_by("id")[0].notification.alerts.get()
    assert (told.state, told.sent) == ("sent", True)


def test_what_is_on_the_wire_stays_its_senders_when_the_others_are_taken_up(chunk, journal, sink):
    journal.begin(chunk[0].claimed)
    let_turns_end()
    assert send_due("email").accepted == 3
    journal.note(chunk[0].claimed, Accepted())
    assert not journal.begin(chunk[1].claimed)
    assert (states(), Delivery.objects.in_doubt().count()) == (["accepted"] * 4, 0)


def test_nobody_takes_up_a_chunk_that_is_being_sent(chunk, journal, sink):
    journal.begin(chunk[0].claimed)
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    assert (settle_left_behind(), claim("email")) == (0, [])


def test_each_try_counts_once_no_matter_who_settles_it(chunk, journal):
    journal.begin(chunk[0].claimed)
    accept(journal, chunk[0], chunk[1])
    let_turns_end()
    settle_left_behind()
    journal.note(chunk[1].claimed, Accepted())
    journal.close([])
    tries = Delivery.objects.order_by("id").values_list("attempts", flat=True)
    assert list(tries) == [1, 1, 0, 0]


def test_a_journal_ends_with_its_chunk(sink):
    make_waiting()
    gather_notifications()
    send_due("email")
    assert not SenderJournal.objects.exists()


def test_a_push_that_its_journal_knows_as_accepted_is_not_sent_by_mail(push_service):
    for path in ("/one", "/two"):
        user = make_user()
        subscribe(user, push_service, path)
        make_waiting(user, method="push")
    gather_notifications()
    first, second = prepare(claim("push"))
    journal = Journal(first.claimed.token)
    journal.begin(first.claimed)
    accept(journal, first, second)
    late = timezone.now() - timedelta(seconds=61)
    Notification.objects.update(due_at=late)
    assert mail_stuck_pushes() == 1
    mailed = Delivery.objects.get(channel="email")
    assert mailed.notification_id == second.claimed.notification_id
