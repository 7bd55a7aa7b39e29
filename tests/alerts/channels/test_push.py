"""Web Push: what goes over the line, to whom, and what the answers mean."""

import json
import socket
import time
from email.utils import formatdate

import pytest

from accounts.mail.results import Accepted, Never, TryLater
from alerts.channels.push import (
    BadEndpointError,
    Push,
    Pusher,
    check_endpoint,
    encrypt,
    seal,
)  # fmt: skip
from tests.push_endpoint import Answer, Browser, answer, hang, trickle

PLAIN = json.dumps({"title": "A slot", "body": "Monday"}).encode()


@pytest.fixture
def browser():
    return Browser("/one")


def push_to(service, browser, payload=PLAIN) -> Push:
    """A message for a browser of a service."""
    return Push(
        service.url(browser.path), browser.p256dh, browser.auth, payload, ttl=600, topic="n7"
    )


def send(service, browser, seconds=5.0, pusher=None):
    push = push_to(service, browser)
    return (pusher or Pusher()).send(seal(push), seconds=seconds)


def undated(status: int, retry_after: str) -> Answer:
    """An answer without a Date."""

    def send(handler) -> None:
        handler.log_push(status)
        handler.send_response_only(status)
        handler.send_header("Retry-After", retry_after)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return send


def test_the_browser_reads_what_was_sent(push_service, browser):
    assert send(push_service, browser) == Accepted()
    (request,) = push_service.requests
    assert browser.decrypt(request.body) == {"title": "A slot", "body": "Monday"}


def test_the_headers_are_those_of_an_urgent_replaceable_message(push_service, browser):
    send(push_service, browser)
    headers = push_service.requests[0].headers
    assert (headers["ttl"], headers["urgency"], headers["topic"]) == ("600", "high", "n7")
    assert headers["content-encoding"] == "aes128gcm"


def test_connections_are_kept(push_service, browser):
    pusher = Pusher()
    send(push_service, browser, pusher=pusher)
    kept = dict(pusher._poster._kept)
    send(push_service, browser, pusher=pusher)
    assert list(pusher._poster._kept.values()) == list(kept.values())


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_gone_for_good(push_service, browser, status):
    push_service.usual = answer(status)
    outcome = send(push_service, browser)
    assert isinstance(outcome, Never)
    assert outcome.target_gone


@pytest.mark.parametrize("status", [400, 401, 403, 413, 302, 307])
def test_a_refused_message_ends_no_subscription(push_service, browser, status):
    push_service.usual = answer(status, Location="https://elsewhere.example.org/")
    outcome = send(push_service, browser)
    assert isinstance(outcome, Never)
    assert not outcome.target_gone


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_is_not_this_messages_fault_is_tried_later(push_service, browser, status):
    push_service.usual = answer(status)
    outcome = send(push_service, browser)
    assert isinstance(outcome, TryLater)
    assert (outcome.provider_failed, outcome.in_doubt) == (True, False)


@pytest.mark.parametrize("status", [408, 429])
def test_what_concerns_one_device_or_message_says_nothing_of_its_service(
    push_service, browser, status
):
    push_service.usual = answer(status)
    outcome = send(push_service, browser)
    assert isinstance(outcome, TryLater)
    assert (outcome.provider_failed, outcome.in_doubt) == (False, False)


def test_a_certificate_that_is_not_trusted_is_not_spoken_to(push_service, browser, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    outcome = send(push_service, browser)
    assert (outcome.provider_failed, outcome.in_doubt) == (True, False)
    assert push_service.requests == []


def test_a_pause_that_is_asked_for_is_taken(push_service, browser):
    push_service.usual = answer(429, Retry_After="120")
    assert send(push_service, browser).after_seconds == 120


def is_counted_from(asked: float, seconds: float) -> bool:
    """Whether these are 90 seconds less what has gone by since; a date says whole seconds only."""
    return 89 - (time.time() - asked) <= seconds <= 91


def test_a_pause_until_a_date_is_counted_from_the_answers_own_date(push_service, browser):
    asked = time.time()
    push_service.usual = answer(429, Retry_After=formatdate(asked + 90, usegmt=True))
    assert is_counted_from(asked, send(push_service, browser).after_seconds)


def test_a_pause_until_a_date_of_an_answer_without_one_is_counted_by_our_clock(
    push_service, browser
):
    asked = time.time()
    push_service.usual = undated(429, formatdate(asked + 90, usegmt=True))
    assert is_counted_from(asked, send(push_service, browser).after_seconds)


def test_no_pause_is_longer_than_a_day(push_service, browser):
    push_service.usual = answer(429, Retry_After="99999999")
    assert send(push_service, browser).after_seconds == 24 * 3600


def test_a_service_that_never_answers_leaves_it_in_doubt(push_service, browser):
    push_service.usual = hang
    assert send(push_service, browser, seconds=0.5).in_doubt


def test_a_service_of_one_byte_at_a_time_is_left_in_time(push_service, browser):
    push_service.usual = trickle
    assert send(push_service, browser, seconds=1.0).in_doubt


def test_a_loopback_address_is_not_spoken_to(push_service, browser, settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = False
    outcome = send(push_service, browser)
    assert isinstance(outcome, Never)
    assert push_service.requests == []


def test_a_message_that_is_too_large_is_not_made(push_service, browser):
    with pytest.raises(ValueError, match="3900"):
        encrypt(push_to(push_service, browser, payload=b"x" * 3_850))


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/1",
        "https://push.example.org:8443/1",
        "https://user@push.example.org/1",
        "https://user:secret@push.example.org/1",
        "https://push.example.org.evil.net/1",
        "https://evilpush.example.org/1",
        "https://example.org/1",
        "https://evil.net/push.example.org",
        "https://evil.net#push.example.org",
        "https://evil.net\\@push.example.org/1",
        "https://push.example.org@evil.net/1",
        "https://127.0.0.1/1",
        "https://[::1]/1",
        "https://[::ffff:127.0.0.1]/1",
        "https://0x7f000001/1",
        "https://2130706433/1",
        "https://127.1/1",
        "https://localhost/1",
        "https://169.254.169.254/latest/meta-data",
        "https:///1",
        "https://",
        "//push.example.org/1",
        "ftp://push.example.org/1",
        "file:///etc/passwd",
        "gopher://push.example.org/1",
        "javascript:alert(1)",
        "https://push.example.org/1\r\nHost: evil.net",
        "https://push.example.org/1 HTTP/1.1",
        "https://push.example.org\t/1",
        "https://püsh.example.org/1",
        "https://push。example.org/1",
        "https://push.example.org:99999/1",
        "https://push.example.org:x/1",
        "https://[push.example.org/1",
        "",
        "x" * 1001,
    ],
)
def test_an_endpoint_of_nobody_known_is_refused(settings, endpoint):
    settings.PUSH_HOSTS = ["push.example.org"]
    with pytest.raises(BadEndpointError):
        check_endpoint(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://push.example.org/1",
        "https://a.push.example.org:443/1?x=y",
        "https://PUSH.example.org",
    ],
)
def test_an_endpoint_of_a_known_service_is_taken(settings, endpoint):
    settings.PUSH_HOSTS = ["push.example.org"]
    assert check_endpoint(endpoint).scheme == "https"


def test_no_packet_waits_until_the_one_before_it_is_acknowledged(push_service, browser):
    pusher = Pusher()
    send(push_service, browser, pusher=pusher)
    (kept,) = pusher._poster._kept.values()
    assert kept.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
