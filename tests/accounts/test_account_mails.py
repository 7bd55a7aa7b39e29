"""Mails about an account: what their headers say, and what a refusal says to who waits for them."""

from datetime import timedelta

import pytest

from accounts.mail.send import send_outbox
from accounts.mail.troubles import OURS
from tests.outbox import outbox, send_all
from tests.people import learner
from tests.smtp_sink import Mood

pytestmark = pytest.mark.django_db


CODE_PAGE = "/accounts/confirm-email/"


def sign_up(client) -> None:
    """Sign up, and let the mail go."""
    client.post("/accounts/signup/", {"email": "eve@example.org"})
    send_outbox(seconds=20)


def test_a_code_is_mailed_by_a_program_of_our_domain(client, sink):
    sign_up(client)
    (mail,) = sink.received
    assert (mail.message["Auto-Submitted"], mail.message["Date"] is not None) == (
        "auto-generated", True,
    )  # fmt: skip
    assert mail.message["Message-ID"].endswith("@example.org>")


def test_no_two_mails_have_the_same_message_id(client, sink):
    learner("ada@example.org")
    for email in ("ada@example.org", "nobody@example.org"):
        client.post("/accounts/password/reset/", {"email": email})
    send_outbox(seconds=20)
    first, second = (mail.message["Message-ID"] for mail in sink.received)
    assert first != second


@pytest.mark.parametrize("sender", ["Alerts <root@localhost>", "Alerts"])
def test_a_sender_without_a_domain_leaves_the_sites(client, sink, settings, sender):
    settings.DEFAULT_FROM_EMAIL, settings.SITE_URL = sender, "https://slots.example"
    sign_up(client)
    assert sink.received[0].message["Message-ID"].endswith("@slots.example>")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("550 5.1.1 No such user", "Check it for a typing mistake"),
        ("452 4.2.2 Mailbox full", "perhaps because the mailbox is full"),
        ("550 5.7.1 Blocked", OURS),
        ("550 No such user", OURS),
    ],
)
def test_who_waits_for_a_code_is_told_whose_fault_it_is(client, sink, answer, words):
    sink.says["RCPT"] = answer
    sign_up(client)
    assert words in client.get(CODE_PAGE).content.decode()


def test_a_mail_that_has_gone_after_all_is_no_trouble_any_more(client, sink):
    sink.mood = Mood.BUSY
    sign_up(client)
    sink.mood = Mood.KIND
    assert send_all() == 1
    assert "mail server" not in client.get(CODE_PAGE).content.decode()


def test_a_code_lasts_as_long_as_its_mail_is_tried(client, settings):
    client.post("/accounts/signup/", {"email": "eve@example.org"})
    (mail,) = outbox()
    lasts = timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
    assert mail.expires_at - mail.created_at == lasts


def test_a_mail_knows_whose_it_is(client):
    ada = learner("ada@example.org")
    client.post("/accounts/password/reset/", {"email": ada.email})
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert [mail.user for mail in outbox()] == [ada, None]
