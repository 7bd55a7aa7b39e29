"""Mails about an account: what their headers say, and what a refusal says to who waits for them."""

import pytest
from django.contrib.messages import get_messages

from accounts.adapter import MAIL_FAILED
from tests.people import learner

pytestmark = pytest.mark.django_db


def sign_up(client) -> str:
    """Sign up; what the next page says of the mail."""
    response = client.post("/accounts/signup/", {"email": "eve@example.org"})
    return " ".join(str(each) for each in get_messages(response.wsgi_request))


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
        ("452 4.2.2 Mailbox full", "Wait some minutes"),
        ("550 5.7.1 Blocked", MAIL_FAILED),
        ("550 No such user", MAIL_FAILED),
    ],
)
def test_who_waits_for_a_code_is_told_whose_fault_it_is(client, sink, answer, words):
    sink.says["RCPT"] = answer
    assert words in sign_up(client)
