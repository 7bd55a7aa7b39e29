"""Signing up by passkey: an address, its code, then the passkey, and nothing to remember."""

import json
import re
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import SavedSearch, User
from audit.models import AuditLog
from tests.outbox import outbox
from tests.passkeys import ADD, Device, add_passkey, sign_in_with
from tests.people import PASSWORD, learner
from tests.slots.places import make_postcode

# Mails of changes go once those are committed.
pytestmark = pytest.mark.django_db(transaction=True)

SIGN_UP, CODE_PAGE = "/accounts/signup/", "/accounts/confirm-email/"
REVIEW = "/searches/new/?postcode=IG3+9UZ&radius=10&weekday=1"


def begin(client: Client, next_url: str = "/alerts/", **form: str) -> str:
    """Press the button for a passkey beside an address; where that leads."""
    form = {"email": "ada@example.org", "next": next_url, "passkey": ""} | form
    return client.post(SIGN_UP, form, secure=True).url


def enter_code(client: Client, code: str = "") -> str:
    """Enter the newest mail's code; where that leads."""
    found = re.search(r"Your code is\s+(\S+)", outbox()[-1].text)
    return client.post(CODE_PAGE, {"code": code or found[1]}, secure=True).url


def text_of(client: Client, address: str) -> str:
    return client.get(address, secure=True, follow=True).content.decode()


def is_in(client: Client) -> bool:
    return client.get("/searches/", secure=True).status_code == 200


@pytest.fixture
def add_page(client) -> str:
    """Where someone is once their code was right."""
    begin(client)
    return enter_code(client)


def test_the_code_leads_to_making_the_passkey_and_that_to_where_one_came_from(client, add_page):
    phone = Device()
    assert add_page == f"{ADD}?next=%2Falerts%2F"
    assert add_passkey(client, phone, add_page).url == "/alerts/"
    assert not User.objects.get().has_usable_password()
    elsewhere = Client()
    sign_in_with(elsewhere, phone)
    assert is_in(elsewhere)


def test_the_passkey_may_wait_once_the_address_is_confirmed(client, add_page):
    assert '<a href="/alerts/">Not now</a>' in text_of(client, add_page)
    assert is_in(client)
    assert not Authenticator.objects.exists()


def test_the_search_is_saved_by_the_code_and_its_page_comes_after_the_passkey(client):
    make_postcode()
    begin(client, REVIEW)
    add_page = enter_code(client)
    search = SavedSearch.objects.get()
    assert (search.user.email, search.is_active) == ("ada@example.org", True)
    answer = add_passkey(client, Device(), add_page)
    assert answer.url == f"/searches/{search.pk}/on/"
    assert "Your alert is on" in text_of(client, answer.url)


def test_who_leaves_before_the_code_and_comes_back_is_still_signing_up_by_passkey(client):
    begin(client)
    assert "Enter the code we emailed you" in text_of(client, SIGN_UP)
    assert enter_code(client).startswith(ADD)


def test_a_wrong_code_lets_nobody_in_and_makes_no_passkey(client):
    begin(client)
    answer = client.post(CODE_PAGE, {"code": "0000-000x"}, secure=True)
    assert "This code is wrong" in answer.content.decode()
    assert client.get(ADD, secure=True).url.startswith("/accounts/login/")


def test_signing_up_the_usual_way_leads_past_it_and_proves_nothing_for_later(client):
    client.post(SIGN_UP, {"email": "ada@example.org", "next": "/alerts/"}, secure=True)
    assert enter_code(client) == "/alerts/"
    assert client.get(ADD, secure=True).url.startswith("/accounts/reauthenticate/")


def test_an_address_that_has_an_account_gets_no_code_and_no_passkey(client):
    learner()
    assert begin(client).startswith(CODE_PAGE)
    assert outbox()[-1].subject == "You have an account already"
    assert client.get(ADD, secure=True).status_code == 302
    assert not is_in(client)


def test_another_address_of_an_account_proves_nothing_for_a_passkey(client):
    learner()
    client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD}, secure=True)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD}, secure=True)
    form = {"email": "ada@example.com", "action_add": ""}
    client.post("/accounts/email/", form, secure=True)
    session = client.session
    del session["account_authentication_methods"]
    session.save()
    enter_code(client)
    assert client.get(ADD, secure=True).url.startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("page", [SIGN_UP, REVIEW])
def test_the_button_is_for_browsers_that_can_and_asks_for_nothing_more(client, page):
    make_postcode()
    text = text_of(client, page)
    (button,) = re.findall(r'<button[^>]* name="passkey"[^>]*>', text)
    assert " hidden>" in button
    assert re.findall(r'<input type="(?!hidden)(\w+)"', text) == ["email"]


def test_an_address_that_is_none_is_asked_for_again_with_both_ways_on(client):
    form = {"email": "ada@", "passkey": "", "next": REVIEW}
    text = client.post(SIGN_UP, form, secure=True).content.decode()
    assert "Enter an email address, such as name@example.org" in text
    assert "Sign up with a passkey" in text
    assert 'name="next" value="/searches/new/?postcode=IG3+9UZ' in text


@pytest.mark.parametrize(
    "next_url", ["javascript:alert(1)", "https://evil.example/", "//evil.example"]
)
def test_the_way_on_without_it_stays_on_this_site(client, add_page, next_url):
    assert f'<a href="{ADD[:-4]}">Not now</a>' in text_of(client, f"{ADD}?next={quote(next_url)}")


def test_all_of_it_is_recorded(client, add_page):
    add_passkey(client, Device(), add_page)
    recorded = AuditLog.objects.order_by("id")
    actions = [*recorded.values_list("action", flat=True)]
    assert {"user.signed_up", "user.email_confirmed", "user.passkey_added"} <= set(actions)
    assert json.loads(recorded.get(action="user.signed_in").details) == {"by": ["code"]}
