"""The mail about a search that has ended: once, never lost, looked at again before it goes."""

import threading
import uuid
from datetime import time, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.mail.drafts import WRITERS, Draft
from accounts.mail.send import send_outbox
from accounts.mail.smtp import mailer
from accounts.models import Breaker, MailRefusal, OutboxMail, SavedSearch, User
from alerts.models import SearchEnding
from alerts.searches.endings import ENDED, note_endings
from alerts.searches.passed import end_passed_searches
from audit.config import forget_cached
from audit.models import SystemConfig
from tests.alerts.world import make_search
from tests.smtp_sink import Mood

pytestmark = pytest.mark.django_db


@pytest.fixture
def search() -> SavedSearch:
    return make_search(
        date_to=timezone.localdate() - timedelta(days=1),
        notification_radius=10,
        name="Near college",
    )


@pytest.fixture
def ending(search) -> SearchEnding:
    """The search has ended, and its mail is due."""
    end_passed_searches()
    return SearchEnding.objects.get()


def mail() -> OutboxMail:
    return OutboxMail.objects.get()


def state() -> str:
    return mail().state


def due_again() -> None:
    """Let its time have come."""
    OutboxMail.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    Breaker.objects.all().delete()


def test_it_says_which_search_and_how_to_go_on(sink, search, ending):
    assert send_outbox(seconds=5) == 1
    [mail] = sink.received
    assert mail.recipient == search.user.email
    assert mail.message["Subject"] == "Your search has ended: Near college"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("text/plain", "text/html"):
        assert reverse("search_edit", args=[search.pk]) in mail.part(kind)
        assert "within 10 miles" in mail.part(kind)


def test_it_is_sent_once(sink, ending):
    send_outbox(seconds=5)
    due_again()
    assert send_outbox(seconds=5) == 0
    assert (len(sink.received), state()) == (1, "accepted")


@pytest.mark.parametrize(
    "withdraw",
    [
        lambda search: SavedSearch.objects.update(is_active=True),
        lambda search: User.objects.update(is_active=False),
        lambda search: search.user.emailaddress_set.update(verified=False),
        lambda search: MailRefusal.objects.create(
            user=search.user, address=search.user.email, reason="550"
        ),
    ],
    ids=["started again", "disabled", "unverified", "refuses mail"],
)
def test_who_should_not_be_told_any_more_is_not(sink, search, ending, withdraw):
    withdraw(search)
    assert send_outbox(seconds=5) == 0
    assert (sink.received, state()) == ([], "suppressed")


def test_quiet_hours_hold_it(sink, search, ending):
    User.objects.update(quiet_from=time(0), quiet_until=time(23, 59, 59, 999999))
    assert send_outbox(seconds=5) == 0
    kept = mail()
    assert (kept.state, kept.next_attempt_at > timezone.now()) == ("pending", True)
    assert not OutboxMail.objects.waiting().exists()
    User.objects.update(quiet_from=None, quiet_until=None)
    due_again()
    assert send_outbox(seconds=5) == 1


def test_what_is_refused_for_now_is_tried_again(sink, ending):
    sink.mood = Mood.BUSY
    assert send_outbox(seconds=5) == 0
    assert state() == "pending"
    sink.mood = Mood.KIND
    due_again()
    assert send_outbox(seconds=5) == 1


def test_an_address_that_is_refused_for_good_gets_nothing_more(sink, search, ending):
    sink.mood = Mood.STRICT
    assert send_outbox(seconds=5) == 0
    assert state() == "failed"
    assert MailRefusal.objects.get().user == search.user


def test_a_mail_server_that_fails_is_left_alone_for_all(sink, ending):
    Breaker.objects.create(
        provider="smtp", failures=3, open_until=timezone.now() + timedelta(seconds=30)
    )
    assert send_outbox(seconds=5) == 0
    assert mail().attempts == 0


def test_a_line_that_drops_after_the_message_is_counted_as_in_doubt(sink, ending):
    sink.mood = Mood.FORGETFUL
    send_outbox(seconds=5)
    assert mail().in_doubt == 1


def test_what_a_dead_sender_left_is_taken_up_again_and_counted(sink, ending):
    lease = timezone.now() + timedelta(seconds=60)
    OutboxMail.objects.update(state="sending", token=uuid.uuid4(), next_attempt_at=lease)
    assert send_outbox(seconds=5) == 0
    due_again()
    assert send_outbox(seconds=5) == 1
    assert mail().in_doubt == 1


def test_nothing_is_sent_while_sending_is_off(sink, ending):
    SystemConfig.objects.create(key="alerts.sending", value="false")
    assert send_outbox(seconds=5) == 0
    assert (state(), mail().attempts) == ("pending", 0)
    SystemConfig.objects.all().delete()
    forget_cached()
    due_again()
    assert send_outbox(seconds=5) == 1


def test_it_goes_to_the_address_that_the_learner_has_by_then(sink, search, ending):
    User.objects.update(email="new@example.org")
    search.user.emailaddress_set.update(email="new@example.org")
    assert send_outbox(seconds=5) == 1
    assert (sink.received[0].recipient, mail().to) == ("new@example.org", "new@example.org")


def test_a_search_that_is_gone_needs_no_mail(sink, search, ending):
    search.delete()
    assert send_outbox(seconds=5) == 0
    assert (sink.received, state()) == ([], "suppressed")


def test_a_mail_that_cannot_be_made_stops_no_other(sink, ending, monkeypatch):
    broken, write = ending.mail, WRITERS["search_ended"]

    def fail_at_one(mail: OutboxMail) -> Draft:
        if mail == broken:
            raise ValueError("no template")
        return write(mail)

    monkeypatch.setitem(WRITERS, "search_ended", fail_at_one)
    make_search(date_to=timezone.localdate() - timedelta(days=1))
    end_passed_searches()
    assert send_outbox(seconds=5) == 1
    broken.refresh_from_db()
    assert (broken.state, broken.last_error) == ("pending", "ValueError: no template")


def test_where_nothing_ends_no_sender_is_woken(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as woken:
        note_endings([], kind=ENDED)
    assert woken == []


def test_a_search_that_ends_for_the_same_day_again_gets_no_second_mail(ending):
    SavedSearch.objects.update(is_active=True)
    end_passed_searches()
    assert OutboxMail.objects.get() == ending.mail


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_each_once(sink):
    for _ in range(12):
        make_search(date_to=timezone.localdate() - timedelta(days=1))
    end_passed_searches()
    senders = [threading.Thread(target=send_and_close) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(30)
    assert len({mail.recipient for mail in sink.received}) == len(sink.received) == 12


def send_and_close() -> None:
    """A round in a thread of its own, on its own connections."""
    try:
        send_outbox(seconds=20)
    finally:
        mailer().close()
        connection.close()


def test_the_learners_page_says_why_it_ended_and_offers_to_change_it(client, search, ending):
    client.force_login(search.user)
    page = client.get("/searches/").content.decode()
    assert "The days it looked at have passed" in page
    assert "Change its dates" in page
    assert "Start again" not in page


# The breaker, which it shares with alerts


@pytest.fixture
def failing(ending) -> Breaker:
    """The mail server was failing, and may be tried again."""
    then = timezone.now() - timedelta(seconds=1)
    return Breaker.objects.create(provider="smtp", failures=3, open_until=then)


def may_be_tried() -> bool:
    """Whether the next message, of whatever kind, may try the mail server."""
    return not Breaker.objects.open_now().exists()


def test_a_probe_that_is_not_sent_after_all_is_given_back(sink, search, ending, failing):
    User.objects.update(is_active=False)
    send_outbox(seconds=5)
    assert (may_be_tried(), Breaker.objects.get().failures) == (True, 3)


def test_so_is_one_that_quiet_hours_hold(sink, search, ending, failing):
    User.objects.update(quiet_from=time(0), quiet_until=time(23, 59, 59, 999999))
    send_outbox(seconds=5)
    assert (may_be_tried(), mail().attempts) == (True, 0)


def test_so_is_one_whose_mail_cannot_be_made(sink, ending, failing, monkeypatch):
    monkeypatch.setitem(WRITERS, "search_ended", lambda mail: 1 / 0)
    send_outbox(seconds=5)
    assert may_be_tried()


@pytest.mark.parametrize("answer", ["550 5.1.1 No such user", "452 4.2.2 Mailbox full"])
def test_a_refusal_that_is_not_the_servers_fault_closes_the_breaker(sink, failing, answer):
    sink.says["RCPT"] = answer
    send_outbox(seconds=5)
    assert (may_be_tried(), Breaker.objects.get().failures) == (True, 0)


def test_a_failing_probe_leaves_the_server_alone_for_longer(sink, failing):
    sink.says["RCPT"] = "550 5.7.1 Blocked"
    send_outbox(seconds=5)
    assert (may_be_tried(), Breaker.objects.get().failures) == (False, 4)


def test_a_server_that_fails_uses_up_no_attempt(sink, ending):
    sink.mood = Mood.CLOSING
    send_outbox(seconds=5)
    assert (state(), mail().attempts) == ("pending", 0)


@pytest.mark.parametrize("answer", ["550 5.7.1 Blocked", "550 No such user"])
def test_a_refusal_of_us_condemns_nobody_and_is_tried_again(sink, ending, answer):
    sink.says["RCPT"] = answer
    send_outbox(seconds=5)
    assert not MailRefusal.objects.exists()
    sink.says.clear()
    due_again()
    assert send_outbox(seconds=5) == 1


def test_it_says_that_a_program_sent_it_and_when_and_is_the_same_at_every_try(sink, ending):
    sink.mood = Mood.DROPPING
    send_outbox(seconds=5)
    sink.mood = Mood.KIND
    due_again()
    send_outbox(seconds=5)
    first, second = (mail.message for mail in sink.received)
    assert (first["Auto-Submitted"], first["Date"] is not None) == ("auto-generated", True)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")
