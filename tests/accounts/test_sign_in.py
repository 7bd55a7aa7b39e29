"""Signing in, and changing how one does."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.mail.send import send_outbox
from accounts.models import User
from accounts.sessions import end_sessions
from audit.models import AuditLog
from tests.outbox import outbox
from tests.people import PASSWORD, learner
from tests.smtp_sink import Mood

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another-horse-10"


@pytest.fixture
def ada():
    return learner()


@pytest.fixture
def page(client, ada):
    sign_in(client)
    return client


def sign_in(client, password=PASSWORD):
    return client.post("/accounts/login/", {"login": "ada@example.org", "password": password})


def say_it_is_me(client):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def actions() -> list[str]:
    return [*AuditLog.objects.order_by("id").values_list("action", flat=True)]


def test_a_wrong_password_is_said_and_recorded_without_the_address(client, ada):
    assert "is wrong" in sign_in(client, "wrong").content.decode()
    entry = AuditLog.objects.get(action="user.sign_in_failed")
    assert (entry.user_id, entry.subject_id, entry.details) == (None, str(ada.pk), None)


def test_an_unknown_address_is_refused_with_the_same_words(client, ada):
    known = re.findall(r"The email address or[^<]*", sign_in(client, "wrong").content.decode())
    form = {"login": "eve@example.org", "password": "wrong"}
    page = client.post("/accounts/login/", form).content.decode()
    assert re.findall(r"The email address or[^<]*", page) == known


def test_too_many_wrong_passwords_lock_the_account_for_a_while(client, ada):
    for _ in range(5):
        sign_in(client, "wrong")
    assert "Wait 5 minutes" in sign_in(client).content.decode()


def test_a_password_counts_as_it_was_given_and_no_other(client, ada):
    ada.set_password(" Zwölf Pferde ")
    ada.save()
    for other in ("Zwölf Pferde", " zwölf pferde ", " Zwo\u0308lf Pferde "):
        assert sign_in(client, other).status_code == 200
    assert sign_in(client, " Zwölf Pferde ").status_code == 302


def test_a_session_is_known_by_32_random_characters(page, settings):
    key = page.cookies[settings.SESSION_COOKIE_NAME].value
    assert re.fullmatch(r"[a-z0-9]{32}", key)
    other = Client()
    sign_in(other)
    assert other.cookies[settings.SESSION_COOKIE_NAME].value != key


def test_a_disabled_learner_is_told_so(client, ada):
    User.objects.update(is_active=False)
    assert sign_in(client).url == "/accounts/inactive/"
    assert "switched off" in client.get("/accounts/inactive/").content.decode()


def test_signing_out_asks_and_is_recorded(page):
    page.get("/accounts/logout/")
    assert page.get("/searches/").status_code == 200
    page.post("/accounts/logout/")
    assert page.get("/searches/").status_code == 302
    assert "user.signed_out" in actions()


def test_changing_the_password_needs_the_present_one_and_is_told_by_mail(page, ada):
    form = {"oldpassword": "wrong", "password1": NEW_PASSWORD}
    response = page.post("/accounts/password/change/", form)
    assert "not your current password" in response.content.decode()
    page.post("/accounts/password/change/", form | {"oldpassword": PASSWORD})
    ada.refresh_from_db()
    assert ada.check_password(NEW_PASSWORD)
    assert outbox()[-1].subject == "Your password was changed"
    assert "user.password_changed" in actions()


def test_a_change_stands_although_its_mail_can_not_be_sent(page, ada, sink):
    sink.mood = Mood.CLOSING
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}
    assert page.post("/accounts/password/change/", form).status_code == 302
    assert send_outbox(seconds=20) == 0
    ada.refresh_from_db()
    assert ada.check_password(NEW_PASSWORD)
    assert "send the mail" not in page.get("/account/").content.decode()


def test_a_forgotten_password_is_replaced_by_the_link_from_the_mail(client, ada):
    client.post("/accounts/password/reset/", {"email": "ADA@example.org"})
    found = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", outbox()[0].text)
    assert found
    form_page = client.get(found[1], follow=True)
    address = form_page.redirect_chain[-1][0]
    client.post(address, {"password1": NEW_PASSWORD})
    ada.refresh_from_db()
    assert ada.check_password(NEW_PASSWORD)
    assert "user.password_reset" in actions()
    assert "no longer works" in client.get(found[1], follow=True).content.decode()


def test_asking_for_a_link_does_not_tell_who_has_an_account(client, ada):
    known = client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "eve@example.org"})
    assert known.url == unknown.url
    assert outbox()[1].subject == "There is no account with this address"


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/accounts/email/", {"action_add": "", "email": "ada@new.example"}),
        ("/accounts/2fa/totp/activate/", {}),
    ],
)
def test_what_matters_asks_for_the_password_once_more(page, address, form):
    asked = page.post(address, form)
    assert asked.url.startswith("/accounts/reauthenticate/?next=")
    wrong = page.post(asked.url, {"password": "wrong"}).content.decode()
    assert "This is not your password" in wrong
    assert not outbox()
    assert page.post(asked.url, {"password": PASSWORD}).status_code in (200, 302)


def test_a_new_address_counts_once_its_code_is_entered(page, ada):
    say_it_is_me(page)
    page.post("/accounts/email/", {"action_add": "", "email": "Ada@New.example"})
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    found = re.search(r"Your code is\s+(\S+)", outbox()[-1].text)
    assert found
    page.post("/accounts/confirm-email/", {"code": found[1]})
    ada.refresh_from_db()
    assert ada.email == "ada@new.example"
    assert [*EmailAddress.objects.values_list("email", "verified", "primary")] == [
        ("ada@new.example", True, True)
    ]
    assert "user.email_changed" in actions()
    assert not AuditLog.objects.filter(details__icontains="example").exists()


def test_other_sessions_are_listed_and_ended(page, client_class, ada):
    other = client_class()
    sign_in(other)
    text = page.get("/accounts/sessions/").content.decode()
    assert "Sign out everywhere else" in text
    page.post("/accounts/sessions/")
    assert other.get("/searches/").status_code == 302
    assert page.get("/searches/").status_code == 200


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


class TestWhereOneIsSignedIn:
    def test_a_session_that_has_ended_is_not_listed(self, client):
        ada = learner()
        elsewhere, here = Client(), {"login": ada.email, "password": PASSWORD}
        elsewhere.post("/accounts/login/", here)
        client.post("/accounts/login/", here)
        assert client.get("/accounts/sessions/").context["session_count"] == 2
        elsewhere.logout()
        assert client.get("/accounts/sessions/").context["session_count"] == 1
        assert elsewhere.get("/accounts/sessions/").status_code == 302

    def test_one_that_outlives_a_change_of_the_key_is_listed_and_can_be_ended(
        self, client, settings
    ):
        ada, elsewhere = learner(), Client()
        for each in (client, elsewhere):
            sign_in(each)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another" * 8
        for _ in range(2):
            assert elsewhere.get("/searches/").status_code == 200
            assert client.get("/accounts/sessions/").context["session_count"] == 2
        settings.SECRET_KEY_FALLBACKS = []
        assert elsewhere.get("/searches/").status_code == 200
        assert end_sessions(user=ada, actor=None) > 0
        for each in (client, elsewhere):
            assert each.get("/searches/").status_code == 302

    def test_nobody_sees_another_learners_sessions(self, client):
        eve = Client()
        eve.force_login(learner("eve@example.org"))
        client.force_login(learner())
        client.get("/accounts/sessions/")
        assert eve.get("/accounts/sessions/").context["session_count"] <= 1

    def test_each_is_named_by_its_browser_and_device(self, client):
        ada = learner()
        phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) Chrome/150.0 Mobile Safari/537.36"}
        who = {"login": ada.email, "password": PASSWORD}
        client.post("/accounts/login/", who, headers=phone)
        page = client.get("/accounts/sessions/", headers=phone).content.decode()
        assert "Chrome on Android" in page
        assert "Mozilla" not in page
