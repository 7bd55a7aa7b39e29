"""Proving again who one is, before something that matters: by what, and what it leaves behind."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client

from accounts.limits.tries import CODE_MAILS
from accounts.models import Role, User
from accounts.staffing import disable_user
from audit.models import AuditLog
from tests.outbox import outbox
from tests.people import PASSWORD, learner
from tests.staff import TOTP_SECRET, make_staff, totp_code

pytestmark = pytest.mark.django_db

BY_PASSWORD, BY_CODE = "/accounts/reauthenticate/", "/accounts/reauthenticate/code/"
ENTER = f"{BY_CODE}confirm/"


@pytest.fixture
def ada() -> User:
    """Someone who has no password."""
    user = learner()
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def page(client, ada) -> Client:
    sign_in_by_code(client, ada.email)
    return client


def sign_in_by_code(client, email):
    client.post("/accounts/login/", {"login": email})
    client.post("/accounts/login/code/confirm/", {"code": newest_code()})


def newest_code() -> str:
    found = re.search(r"Your code is\s+(\S+)", outbox()[-1].text)
    assert found
    return found[1]


def prove_by_code(client, next_url=""):
    client.post(BY_CODE, {"next": next_url})
    return client.post(ENTER, {"code": newest_code(), "next": next_url})


def key_of(client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_without_a_password_a_mailed_code_proves_it(page):
    asked = page.get("/account/erase/")
    assert asked.url == f"{BY_CODE}?next=%2Faccount%2Ferase%2F"
    assert "ada@example.org" in page.get(asked.url).content.decode()
    answer = page.post(BY_CODE, {"next": "/account/erase/"})
    assert answer.url == f"{ENTER}?next=%2Faccount%2Ferase%2F"
    assert page.post(answer.url, {"code": newest_code()}).url == "/account/erase/"
    assert "Delete your account?" in page.get("/account/erase/").content.decode()


def test_its_mail_says_that_the_account_is_open_somewhere(page):
    page.post(BY_CODE)
    assert outbox()[-1].to == "ada@example.org"
    assert "Someone who is signed in to your account" in outbox()[-1].text
    assert "/accounts/sessions/" in outbox()[-1].text


def test_the_code_that_someone_signed_in_with_proves_it_no_second_time(page):
    assert page.get("/account/erase/").status_code == 302


@pytest.mark.parametrize(
    "address", ["/account/erase/", "/accounts/password/set/", "/accounts/2fa/totp/activate/"]
)
def test_without_proof_nothing_that_matters_is_done(page, address, ada):
    form = {"password1": "another-horse-10"}
    assert page.post(address, form).url.startswith(BY_CODE)
    ada.refresh_from_db()
    assert not ada.has_usable_password()


def test_what_was_begun_goes_on_after_the_proof(page):
    form = {"action_add": "", "email": "ada@new.example"}
    asked = page.post("/accounts/email/", form)
    assert asked.url == f"{BY_CODE}?next=%2Faccounts%2Femail%2F"
    prove_by_code(page, "/accounts/email/")
    assert outbox()[-1].to == "ada@new.example"


def test_a_wrong_code_proves_nothing_and_is_recorded(page):
    page.post(BY_CODE)
    assert "This code is wrong" in page.post(ENTER, {"code": "WRONG1"}).content.decode()
    assert AuditLog.objects.filter(action="user.sign_in_failed").exists()
    assert page.get("/account/erase/").status_code == 302


def test_only_so_many_codes_are_mailed_to_prove_it(page):
    sent = len(outbox())
    for _ in range(CODE_MAILS.device[0] + 3):
        answer = page.post(BY_CODE)
    assert "several codes to this address already" in answer.content.decode()
    assert len(outbox()) - sent == CODE_MAILS.device[0]


def test_a_password_that_is_set_later_signs_in(page, ada):
    prove_by_code(page)
    assert "Set a password" in page.get("/account/").content.decode()
    form = {"password1": PASSWORD}
    assert page.post("/accounts/password/set/", form).status_code == 302
    form = {"login": ada.email, "password": PASSWORD}
    assert Client().post("/accounts/login/", form).url == "/searches/"
    assert "Change your password" in page.get("/account/").content.decode()


def test_with_a_password_one_chooses_by_what(client):
    user = learner()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    asked = client.get("/account/erase/").url
    assert asked.startswith(BY_PASSWORD)
    assert "Email me a code" in client.get(asked).content.decode()


def test_who_has_a_second_factor_proves_it_by_that_alone():
    boss = make_staff(Role.ADMIN)
    boss.emailaddress_set.create(email=boss.email, verified=True, primary=True)
    client = Client()
    client.force_login(boss)
    for page in (BY_PASSWORD, BY_CODE):
        assert client.get(page).url == "/accounts/2fa/reauthenticate/"
        assert client.post(page, {"password": "pw"}).url == "/accounts/2fa/reauthenticate/"
    assert client.get(ENTER).url == BY_CODE
    assert outbox() == []


def assert_renewed(client, prove) -> None:
    """The proof gives the session another key, and the old one opens nothing from then on."""
    before = key_of(client)
    prove()
    assert key_of(client) != before
    assert client.get("/searches/").status_code == 200
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = before
    assert thief.get("/searches/").status_code == 302


def test_a_mailed_code_gives_the_session_another_key(page):
    assert_renewed(page, lambda: prove_by_code(page))


def test_a_password_gives_the_session_another_key(client):
    form = {"login": learner().email, "password": PASSWORD}
    client.post("/accounts/login/", form)
    assert_renewed(client, lambda: client.post(BY_PASSWORD, {"password": PASSWORD}))


def test_a_second_factor_gives_the_session_another_key(client):
    boss = make_staff(Role.ADMIN)
    client.force_login(boss)
    code = {"code": totp_code(TOTP_SECRET)}
    assert_renewed(client, lambda: client.post("/accounts/2fa/reauthenticate/", code))


def test_the_second_step_of_signing_in_gives_the_session_another_key(client):
    boss = make_staff(Role.ADMIN)
    boss.emailaddress_set.create(email=boss.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": boss.email, "password": "pw"})
    code = {"code": totp_code(TOTP_SECRET)}
    assert_renewed(client, lambda: client.post("/accounts/2fa/authenticate/", code))


def test_a_wrong_proof_leaves_the_key(page):
    page.post(BY_CODE)
    before = key_of(page)
    page.post(ENTER, {"code": "WRONG1"})
    assert key_of(page) == before


def test_a_session_with_another_key_is_still_listed_and_ended_by_staff(page, ada):
    prove_by_code(page)
    (listed,) = UserSession.objects.filter(user=ada)
    assert listed.session_key == key_of(page)
    disable_user(user=ada, actor=None)
    assert page.get("/searches/").status_code == 302
