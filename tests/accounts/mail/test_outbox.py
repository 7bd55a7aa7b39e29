"""Mail is written with what causes it, and sent once, whatever becomes of senders and servers."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from accounts.mail.outbox import queue_mail
from accounts.mail.refused_addresses import is_mail_refused, refuse_mail
from accounts.mail.send import send_outbox
from accounts.models import Breaker, OutboxMail, StaffAlarm
from tests.outbox import outbox, send_all
from tests.people import learner
from tests.smtp_sink import Mood

pytestmark = pytest.mark.django_db
State = OutboxMail.State


def queue(to: str = "ada@example.org", **changes: object) -> OutboxMail:
    what = {
        "kind": "test", "subject": "A subject", "text": "The code is 7.\n", "html": "<p>7</p>",
        "good_for": timedelta(minutes=10),
    }  # fmt: skip
    return queue_mail(to=to, **what | changes)


def states() -> list[str]:
    return [mail.state for mail in outbox()]


def is_silent(mail: OutboxMail) -> bool:
    mail.refresh_from_db()
    return (mail.subject, mail.text, mail.html, mail.headers) == (None, None, None, None)


def test_it_is_sent_once(sink):
    queue()
    assert (send_outbox(seconds=20), send_all()) == (1, 0)
    (received,) = sink.received
    assert (received.recipient, received.part("text/plain").strip()) == (
        "ada@example.org", "The code is 7.",
    )  # fmt: skip
    assert states() == [State.ACCEPTED]


def test_what_is_rolled_back_causes_none(sink):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert send_outbox(seconds=20) == 0


def test_a_line_break_in_a_subject_adds_no_header(sink):
    queue(subject="One\r\nBcc: eve@example.org")
    assert send_outbox(seconds=20) == 1
    assert sink.received[0].message["Bcc"] is None


@pytest.mark.parametrize("mood", [Mood.CLOSING, Mood.BUSY, Mood.FORGETFUL])
def test_a_server_that_fails_takes_the_same_mail_later(sink, mood):
    queue()
    sink.mood = mood
    assert send_all() == 0
    sink.mood = Mood.KIND
    assert send_all() == 1
    assert sink.received[-1].message["Message-ID"].startswith(f"<{outbox()[0].message_id}@")


def test_what_it_says_is_gone_once_it_was_accepted(sink):
    mail = queue(headers={"List-Unsubscribe": "<https://slots.example/u/>"})
    send_outbox(seconds=20)
    assert is_silent(mail)


def test_and_once_it_was_refused_for_good(sink):
    mail = queue()
    sink.mood = Mood.STRICT
    send_outbox(seconds=20)
    assert (is_silent(mail), mail.state) == (True, State.FAILED)


def test_and_once_it_is_of_no_use_any_more(sink):
    mail = queue()
    sink.mood = Mood.CLOSING
    send_outbox(seconds=20)
    OutboxMail.objects.update(expires_at=Now())
    sink.mood = Mood.KIND
    assert send_outbox(seconds=20) == 0
    assert (is_silent(mail), mail.state, sink.received) == (True, State.EXPIRED, [])


@pytest.mark.parametrize("column", ["subject", "text", "html"])
def test_the_database_keeps_no_words_of_a_mail_that_ended(column):
    mail = queue()
    ended = {"subject": None, "text": None, "html": None, "headers": None} | {column: "a code"}
    with pytest.raises(IntegrityError):
        OutboxMail.objects.filter(pk=mail.pk).update(state=State.FAILED, **ended)


def test_what_someone_waits_for_goes_first(sink):
    for to in ("one@example.org", "two@example.org"):
        queue(to)
    queue("now@example.org", is_awaited=True)
    send_outbox(seconds=20)
    assert sink.received[0].recipient == "now@example.org"


def test_a_refused_address_gets_only_what_someone_waits_for(sink):
    ada = learner("ada@example.org")
    refuse_mail(ada, reason="550 5.1.1 No such user")
    queue(user=ada)
    queue(user=ada, is_awaited=True)
    assert send_outbox(seconds=20) == 1
    assert states() == [State.SUPPRESSED, State.ACCEPTED]


def test_an_address_that_refuses_it_for_good_gets_nothing_more(sink):
    ada = learner("ada@example.org")
    queue(user=ada)
    sink.mood = Mood.STRICT
    send_outbox(seconds=20)
    assert is_mail_refused(ada)


def test_another_address_of_theirs_does_not(sink):
    ada = learner("ada@example.org")
    queue("new@example.org", user=ada)
    sink.mood = Mood.STRICT
    send_outbox(seconds=20)
    assert not is_mail_refused(ada)


def test_a_server_that_refuses_us_is_left_alone_and_staff_are_told(sink):
    for number in range(5):
        queue(f"number-{number}@example.org")
    sink.says["MAIL"] = "550 5.7.1 Blocked"
    assert send_outbox(seconds=20) == 0
    assert Breaker.objects.open_now().exists()
    assert "5.7.1 Blocked" in StaffAlarm.objects.get().sentence
    assert set(states()) == {State.PENDING}


def test_the_log_says_why_it_was_not_accepted(sink, caplog):
    mail = queue()
    sink.says["MAIL"] = "550 5.7.1 Blocked"
    send_outbox(seconds=20)
    assert f"{mail} was not accepted: 550 5.7.1 Blocked" in caplog.messages


def test_the_log_never_says_what_is_in_it(sink, caplog):
    queue()
    sink.mood = Mood.BUSY
    send_outbox(seconds=20)
    assert not any("code is 7" in line for line in caplog.messages)


def test_what_a_dead_sender_left_is_taken_up_again_and_counted(sink):
    mail = queue()
    OutboxMail.objects.update(state=State.SENDING, token=uuid.uuid4())
    assert send_all() == 1
    mail.refresh_from_db()
    assert mail.in_doubt == 1


def test_so_is_nothing_that_another_holds(sink):
    queue()
    later = Now() + timedelta(seconds=60)
    OutboxMail.objects.update(state=State.SENDING, token=uuid.uuid4(), next_attempt_at=later)
    assert send_outbox(seconds=20) == 0


def test_an_address_that_no_mail_can_have_stops_no_other(sink):
    queue("no address\n")
    queue()
    assert send_outbox(seconds=20) == 1
    assert states() == [State.FAILED, State.ACCEPTED]


def test_a_line_that_drops_after_each_message_ends_after_six(sink):
    queue()
    sink.mood = Mood.DROPPING
    for _ in range(8):
        send_all()
    assert (len(sink.received), states()) == (6, [State.FAILED])


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_each_once(sink):
    for number in range(12):
        queue(f"number-{number}@example.org")

    def send(_: int) -> int:
        try:
            return send_outbox(seconds=20)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(send, range(4))) == 12
    assert len({each.recipient for each in sink.received}) == len(sink.received) == 12
