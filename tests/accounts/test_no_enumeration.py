"""Nobody learns from an answer whether an address has an account, nor from how long it takes."""

import re
from contextlib import suppress

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.limits.tries import CODE_MAILS
from tests.access import routes
from tests.outbox import outbox
from tests.people import learner

pytestmark = pytest.mark.django_db

TAKEN, FREE = "taken@example.org", "freed@example.org"
CODE_PAGE = "/accounts/confirm-email/"


@pytest.fixture(autouse=True)
def somebody(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return learner(TAKEN)


@pytest.fixture
def hashed(monkeypatch, somebody) -> list[str]:
    """One entry for each password that is hashed: what takes most of the time."""
    calls, encode = [], Argon2PasswordHasher.encode

    def counted(self, password, salt):
        calls.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted)
    return calls


def said(response, email: str) -> tuple[int, dict[str, str], list[str], str]:
    """All that a stranger sees of an answer, but for what is random and the address itself."""
    text = response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text).replace(email, "ADDRESS")
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in ("X-Request-ID", "Content-Length", "Expires")
    }
    cookies = sorted(
        f"{each.key} {each['max-age']} {each['path']}" for each in response.cookies.values()
    )
    return response.status_code, headers, cookies, text


# Pressing either button of the form.
BY_CODE: dict[str, str] = {}
BY_PASSKEY = {"passkey": ""}


def sign_up(client: Client, email: str, button: dict[str, str] = BY_CODE):
    return client.post("/accounts/signup/", {"email": email, "next": "/slots/"} | button)


def steps_of_signing_up(email: str, button: dict[str, str]) -> list[object]:
    """Signing up, the page after it, the mail once more, wrong codes until there are no more."""
    client = Client()
    found = [said(sign_up(client, email, button), email), said(client.get(CODE_PAGE), email)]
    mails = len(outbox())
    found.append(said(client.post(CODE_PAGE, {"action": "resend"}), email))
    found.append(len(outbox()) - mails)
    found.append(
        said(client.post(CODE_PAGE, {"action": "change", "email": "x@example.org"}), email)
    )
    found += [said(client.post(CODE_PAGE, {"code": "WRONG1"}), email) for _ in range(6)]
    return [*found, said(client.get(CODE_PAGE), email)]


SIGN_IN_CODE = "/accounts/login/code/confirm/"


def steps_of_a_code(email: str) -> list[object]:
    """Asking for a code to sign in with, its page, the mail once more, wrong codes till the end."""
    client = Client()
    form = {"login": email, "next": "/slots/"}
    found = [said(client.post("/accounts/login/", form), email)]
    found.append(said(client.get(SIGN_IN_CODE), email))
    mails = len(outbox())
    found.append(said(client.post(SIGN_IN_CODE, {"action": "resend"}), email))
    found.append(len(outbox()) - mails)
    found += [said(client.post(SIGN_IN_CODE, {"code": "WRONG1"}), email) for _ in range(6)]
    found.append(said(client.get(SIGN_IN_CODE), email))
    for _ in range(CODE_MAILS.here[0]):
        found.append(said(client.post("/accounts/login/", form), email))
        client.post("/accounts/logout/")
    return found


def test_a_code_to_sign_in_with_says_the_same_of_both():
    for taken, free in zip(steps_of_a_code(TAKEN), steps_of_a_code(FREE), strict=True):
        assert taken == free


@pytest.mark.parametrize("email", [TAKEN, FREE])
def test_asking_for_a_code_hashes_no_password_and_sends_one_mail(email, hashed):
    Client().post("/accounts/login/", {"login": email})
    assert hashed == []
    assert [message.to for message in outbox()] == [email]


@pytest.mark.parametrize("button", [BY_CODE, BY_PASSKEY])
def test_signing_up_says_the_same_of_a_taken_and_of_a_free_address(button):
    taken, free = (steps_of_signing_up(email, button) for email in (TAKEN, FREE))
    for of_taken, of_free in zip(taken, free, strict=True):
        assert of_taken == of_free


def ask_for_code(client: Client, email: str):
    return client.post("/accounts/login/", {"login": email, "next": "/slots/"})


def plain_pages() -> list[str]:
    """Each page whose address holds nothing that changes, but the one that strangers don't see."""
    found = []
    for name in set(routes.names()) - {"metrics"}:
        with suppress(NoReverseMatch):
            found.append(reverse(name))
    return sorted(found)


@pytest.mark.parametrize("begin", [sign_up, ask_for_code])
def test_half_way_each_page_says_the_same_of_both(begin):
    clients = {email: Client() for email in (TAKEN, FREE)}
    for email, client in clients.items():
        begin(client, email)
    for page in plain_pages():
        taken, free = (said(client.get(page), email) for email, client in clients.items())
        assert taken == free, page


def test_what_was_let_go_of_half_way_says_the_same_of_both():
    answers = []
    for email in (TAKEN, FREE):
        client = Client()
        sign_up(client, email)
        client.post("/accounts/logout/")
        answers.append(said(client.get(CODE_PAGE), email))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("button", [BY_CODE, BY_PASSKEY])
@pytest.mark.parametrize("email", [TAKEN, FREE])
def test_signing_up_hashes_no_password_and_sends_one_mail(email, button, hashed):
    sign_up(Client(), email, button)
    assert hashed == []
    assert [message.to for message in outbox()] == [email]


@pytest.mark.parametrize("email", [TAKEN, FREE])
def test_signing_in_hashes_one_password(email, hashed, monkeypatch):
    verify = Argon2PasswordHasher.verify

    def counted(self, password, encoded):
        hashed.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2PasswordHasher, "verify", counted)
    Client().post("/accounts/login/", {"login": email, "password": "wrong"})
    assert hashed == ["wrong"]


def test_a_wrong_password_says_the_same_of_both():
    taken, free = (
        said(Client().post("/accounts/login/", {"login": email, "password": "wrong"}), email)
        for email in (TAKEN, FREE)
    )
    assert taken == free


def test_a_forgotten_password_says_the_same_of_both_and_sends_one_mail():
    taken, free = (
        said(Client().post("/accounts/password/reset/", {"email": email}), email)
        for email in (TAKEN, FREE)
    )
    assert taken == free
    assert [message.to for message in outbox()] == [TAKEN, FREE]


def test_the_owner_of_a_taken_address_is_told_how_to_sign_in_each_time(client):
    sign_up(client, TAKEN)
    client.post(CODE_PAGE, {"action": "resend"})
    assert [message.subject for message in outbox()] == ["You have an account already"] * 2
    assert "/accounts/login/" in outbox()[0].text


@pytest.mark.parametrize("email", [TAKEN, FREE])
def test_who_mistyped_the_address_gets_back_to_the_form_with_where_they_came_from(email, client):
    page = client.get(sign_up(client, email).url).content.decode()
    action, following = re.findall(
        r'<form method="post" action="([^"]+)">.*?name="next" value="([^"]+)">', page, re.DOTALL
    )[-1]
    assert "Use a different email" in page.partition(following)[2]
    page = client.post(action, {"next": following}, follow=True).content.decode()
    assert "<h1>Create an account</h1>" in page
    assert 'name="next" value="/slots/"' in page
