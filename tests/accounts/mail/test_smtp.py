"""What an SMTP server says, and what follows from it."""

import socket

import pytest

from accounts.mail.refusals import Fault
from accounts.mail.results import Accepted, Never, TryLater
from accounts.mail.smtp import Mail, Mailer, seal
from tests.servers import wait_until
from tests.smtp_sink import Mood

MAIL = Mail(
    to="ada@example.org",
    subject="A slot – soon",
    text="First line\n.\n..dots\nSecond line ✓\n",
    html="<p>First line</p>",
    message_id="<1@example.org>",
    headers={"List-Unsubscribe": "<https://example.org/u>"},
)


@pytest.fixture(params=[True, False], ids=["all at once", "one command at a time"])
def mailer(request, sink):
    sink.pipelining = request.param
    mailer = Mailer()
    yield mailer
    mailer.close()


def send(mailer, seconds=5.0):
    return mailer.send(seal(MAIL), seconds=seconds)


def test_a_message_arrives_as_it_was_written(sink, mailer):
    assert send(mailer) == Accepted()
    (mail,) = sink.received
    assert mail.recipient == "ada@example.org"
    assert mail.part("text/plain").replace("\r\n", "\n") == MAIL.text
    assert mail.message["Message-ID"] == "<1@example.org>"


def test_the_connection_is_kept(sink, mailer):
    send(mailer)
    send(mailer)
    assert (sink.connections, len(sink.received)) == (1, 2)


def test_a_kept_connection_that_was_closed_is_made_again(sink, mailer):
    send(mailer)
    sink.drop_lines()
    assert send(mailer) == Accepted()


def test_a_refused_recipient_is_refused_for_good(sink, mailer):
    sink.mood = Mood.STRICT
    assert send(mailer) == Never("550 5.1.1 no such user", target_gone=True, fault=Fault.ADDRESS)


def test_a_message_of_nobody_is_not_sent_though_the_server_goes_ahead(sink, mailer):
    sink.mood = Mood.ABSENT
    assert send(mailer) == Never("550 5.1.1 no such user", target_gone=True, fault=Fault.ADDRESS)
    sink.mood = Mood.KIND
    assert send(mailer) == Accepted()
    assert [mail.part("text/html") for mail in sink.received] == [MAIL.html]


def test_a_refused_message_does_not_mean_the_address(sink, mailer):
    sink.mood = Mood.REFUSING
    assert send(mailer) == Never("554 not this", fault=Fault.MESSAGE)


def test_a_busy_server_is_tried_later(sink, mailer):
    sink.mood = Mood.BUSY
    assert send(mailer) == TryLater("451 later", fault=Fault.MAILBOX)


def test_the_connection_serves_on_after_a_refusal(sink, mailer):
    sink.moods_of = {"ada@example.org": Mood.STRICT}
    send(mailer)
    sink.moods_of = {}
    assert (send(mailer), sink.connections) == (Accepted(), 1)


def test_a_server_that_is_closing_has_failed_itself(sink, mailer):
    sink.mood = Mood.CLOSING
    outcome = send(mailer)
    assert (outcome.provider_failed, outcome.in_doubt) == (True, False)


def test_nobody_listening_is_the_providers_failure(sink, mailer):
    sink.close()
    outcome = send(mailer)
    assert (outcome.provider_failed, outcome.in_doubt) == (True, False)


def test_a_server_that_never_answers_is_left_in_time(sink, mailer):
    sink.mood = Mood.SILENT
    outcome = send(mailer, seconds=0.5)
    assert (outcome.provider_failed, outcome.in_doubt) == (True, False)


def test_a_server_of_one_byte_at_a_time_is_left_in_time(sink, mailer):
    sink.mood = Mood.SLOW
    assert isinstance(send(mailer, seconds=1.0), TryLater)


def test_a_server_that_never_ends_its_greeting_is_left_in_time(sink, mailer):
    """Its lines come in often enough for any timeout of a single read."""
    sink.mood = Mood.GREETING
    outcome = send(mailer, seconds=0.5)
    assert (outcome.provider_failed, outcome.in_doubt) == (True, False)
    assert wait_until(lambda: sink.greetings_cut_off == 1, seconds=180)


def test_a_line_dropped_after_the_message_leaves_it_in_doubt(sink, mailer):
    sink.mood = Mood.DROPPING
    assert send(mailer).in_doubt


@pytest.mark.parametrize("field", ["subject", "to", "message_id"])
def test_no_header_can_be_added_through_a_line_break(field):
    values = {**MAIL.__dict__, field: "<x@example.org>\r\nBcc: eve@example.org"}
    with pytest.raises(ValueError, match=r"line break|address|Invalid"):
        seal(Mail(**values))


def test_no_packet_waits_until_the_one_before_it_is_acknowledged(sink, mailer):
    send(mailer)
    line = mailer._backend.connection.sock
    assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
