"""Signing up: an email address, a code by mail, and back to where one came from."""

import re
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress

from accounts.mail.send import send_outbox
from accounts.mail.troubles import OURS
from accounts.models import User
from audit.models import AuditLog
from tests.outbox import outbox, send_all
from tests.people import PASSWORD, learner
from tests.smtp_sink import Mood

pytestmark = pytest.mark.django_db

CODE_PAGE = "/accounts/confirm-email/"
SEARCH = "/searches/new/?postcode=IG3+9UZ&radius=10&weekday=1&weekday=5"


def sign_up(client, email="Ada@Example.org", next_url=""):
    return client.post("/accounts/signup/", {"email": email, "next": next_url})


def code_in_newest_mail() -> str:
    found = re.search(r"Your code is\s+(\S+)", outbox()[-1].text)
    assert found
    return found[1]


def test_the_code_from_the_mail_lets_a_new_learner_in(client):
    assert sign_up(client).url == CODE_PAGE
    response = client.post(CODE_PAGE, {"code": code_in_newest_mail()})
    assert response.url == "/searches/"
    user = User.objects.get()
    assert (user.email, user.role_name) == ("ada@example.org", "user")
    assert EmailAddress.objects.get(user=user).verified
    assert client.get("/searches/").status_code == 200


def test_the_search_that_one_came_from_survives_sign_up_and_code(client):
    sign_up(client, next_url=SEARCH)
    assert client.post(CODE_PAGE, {"code": code_in_newest_mail()}).url == SEARCH


def test_the_search_survives_a_wrong_password_and_signing_in(client):
    learner("ada@example.org")
    page = client.get(f"/accounts/login/?next={quote(SEARCH)}").content.decode()
    assert 'name="next" value="/searches/new/?postcode=IG3+9UZ&amp;radius=10' in page
    form = {"login": "ada@example.org", "password": "wrong", "next": SEARCH}
    again = client.post("/accounts/login/", form).content.decode()
    assert 'name="next" value="/searches/new/?postcode=IG3+9UZ' in again
    assert client.post("/accounts/login/", form | {"password": PASSWORD}).url == SEARCH


def test_a_foreign_address_to_go_on_to_is_ignored(client):
    sign_up(client, next_url="https://evil.example/")
    assert client.post(CODE_PAGE, {"code": code_in_newest_mail()}).url == "/searches/"


def test_without_the_code_nobody_is_signed_in(client):
    sign_up(client)
    response = client.post(CODE_PAGE, {"code": "WRONG1"})
    assert "This code is wrong" in response.content.decode()
    assert client.get("/searches/").status_code == 302


def test_the_mail_says_the_code_as_text_and_as_html(client):
    sign_up(client)
    message = outbox()[0]
    code = code_in_newest_mail()
    assert code in message.html
    assert code in message.subject
    assert "not part of DVSA" in message.text
    assert message.to == "ada@example.org"


def test_a_mail_server_that_is_down_leaves_the_account_and_a_way_on(client, sink):
    sink.mood = Mood.CLOSING
    assert sign_up(client).url == CODE_PAGE
    assert send_outbox(seconds=20) == 0
    page = client.get(CODE_PAGE).content.decode()
    assert OURS in page
    assert "Send the code again" in page
    assert User.objects.filter(email="ada@example.org").exists()


def test_the_code_arrives_once_the_mail_server_is_back_and_lets_them_in(client, sink):
    sink.mood = Mood.CLOSING
    sign_up(client, next_url=SEARCH)
    send_outbox(seconds=20)
    sink.mood = Mood.KIND
    assert send_all() == 1
    code = re.search(r"Your code is\s+(\S+)", sink.received[0].part("text/plain"))[1]
    assert client.post(CODE_PAGE, {"code": code}).url == SEARCH


def test_a_page_speaks_to_no_mail_server(client, sink):
    sign_up(client)
    assert sink.connections == 0


def test_an_address_that_is_taken_is_told_to_its_owner_alone(client):
    learner("ada@example.org")
    assert sign_up(client).url == CODE_PAGE
    assert outbox()[0].subject == "You have an account already"
    assert User.objects.count() == 1


def test_an_address_is_all_that_is_asked_for_and_no_password_is_taken(client):
    page = client.get("/accounts/signup/").content.decode()
    assert re.findall(r'<input type="(\w+)" name="email"', page) == ["email"]
    assert 'type="password"' not in page
    client.post("/accounts/signup/", {"email": "a@example.org", "password1": PASSWORD})
    assert not User.objects.get().has_usable_password()


def test_signing_up_is_limited_per_address(client):
    codes = [sign_up(client, f"ada{number}@example.org").status_code for number in range(21)]
    assert codes[0] == 302
    assert codes[-1] == 429


def test_what_is_recorded_holds_no_address_of_mail(client):
    sign_up(client)
    client.post(CODE_PAGE, {"code": code_in_newest_mail()})
    actions = [*AuditLog.objects.values_list("action", flat=True)]
    assert {"user.signed_up", "user.signed_in", "user.email_confirmed"} <= set(actions)
    assert not AuditLog.objects.filter(details__icontains="example.org").exists()


def test_what_is_left_empty_is_asked_for_by_its_name(client):
    page = client.post("/accounts/signup/", {"email": ""}).content.decode()
    assert page.count("Enter an email address, such as name@example.org") == 2
    assert "This field is required" not in page
