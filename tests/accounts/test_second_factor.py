"""The second step at sign-in: its secrets, its codes, its pages."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.second_factor import SecondFactorAdapter
from audit.models import AuditLog
from tests.outbox import outbox
from tests.people import PASSWORD, learner
from tests.staff import totp_code

# allauth tells of a change once it is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(client):
    learner()
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def sign_in(client):
    return client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})


def actions() -> list[str]:
    return [*AuditLog.objects.order_by("id").values_list("action", flat=True)]


@pytest.fixture
def secret(page):
    return enrol(page)


def enrol(page) -> str:
    """Switch the second step on; the secret."""
    text = page.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'class="key">(\w+)<', text)
    assert found
    response = page.post("/accounts/2fa/totp/activate/", {"code": totp_code(found[1])})
    assert response.status_code == 302
    return found[1]


def test_the_secret_is_stored_encrypted(secret):
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert SecondFactorAdapter().decrypt(stored) == secret


def test_the_recovery_seed_is_stored_encrypted(secret):
    stored = Authenticator.objects.get(type="recovery_codes").data
    assert SecondFactorAdapter().decrypt(stored["seed"])


def test_secrets_are_still_read_after_the_key_has_changed(secret, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 50
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert SecondFactorAdapter().decrypt(stored) == secret


def test_with_a_second_step_the_password_alone_is_not_enough(secret):
    other = Client()
    assert sign_in(other).url == "/accounts/2fa/authenticate/"
    assert other.get("/searches/").status_code == 302
    assert (
        "This code is wrong"
        in other.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    )
    assert "user.second_factor_failed" in actions()


def test_a_recovery_code_lets_in_once(secret, page):
    text = page.get("/accounts/2fa/recovery-codes/").content.decode()
    code = re.findall(r"<li><code>(\d+)</code>", text)[0]
    for expected in (302, 200):
        other = Client()
        sign_in(other)
        response = other.post("/accounts/2fa/authenticate/", {"code": code})
        assert response.status_code == expected


def test_switching_it_on_and_off_is_recorded_and_told_by_mail(secret, page):
    page.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert {"user.second_factor_added", "user.second_factor_removed"} <= set(actions())
    subjects = [message.subject for message in outbox()]
    assert "A second step was switched on" in subjects
    assert "The second step was switched off" in subjects


def test_enrolling_ends_the_sessions_that_gave_only_a_password(page):
    elsewhere = Client()
    sign_in(elsewhere)
    assert elsewhere.get("/searches/").status_code == 200
    enrol(page)
    assert elsewhere.get("/searches/").status_code == 302
    assert page.get("/searches/").status_code == 200


def test_the_factor_is_not_removed_with_the_password_alone(secret):
    other = Client()
    sign_in(other)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        other.post("/accounts/2fa/authenticate/", {"code": totp_code(secret)})
        other.post("/accounts/reauthenticate/", {"password": PASSWORD})
        answer = other.post("/accounts/2fa/totp/deactivate/")
    assert answer.url.startswith("/accounts/2fa/reauthenticate/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_code_lets_in_once(secret):
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        code = {"code": totp_code(secret)}
        answers = [
            client.post("/accounts/2fa/authenticate/", code).status_code
            for client in (first, second)
        ]
    assert answers == [302, 200]


def test_who_lost_theirs_gets_it_taken_and_is_signed_out(secret, page, capsys):
    call_command("reset_second_factor", "ada@example.org", json=True)
    assert json.loads(capsys.readouterr().out)["reset"]
    assert not Authenticator.objects.exists()
    assert page.get("/searches/").status_code == 302
    assert sign_in(Client()).url == "/searches/"
    assert "user.second_factor_reset" in actions()


def test_nobodys_second_factor_is_a_plain_refusal():
    with pytest.raises(CommandError, match="Nobody signs in with"):
        call_command("reset_second_factor", "eve@example.org")


def test_after_a_change_of_the_key_secrets_are_encrypted_by_the_new_one_alone(
    secret, settings, capsys
):
    old, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 50
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("reencrypt")
    settings.SECRET_KEY_FALLBACKS = [old]
    call_command("reencrypt")
    settings.SECRET_KEY_FALLBACKS = []
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert SecondFactorAdapter().decrypt(stored) == secret
    assert SecondFactorAdapter().decrypt(
        Authenticator.objects.get(type="recovery_codes").data["seed"]
    )


PAGES = (
    "/accounts/email/", "/accounts/password/change/", "/accounts/sessions/", "/accounts/2fa/",
    "/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/totp/deactivate/", "/accounts/logout/", "/accounts/2fa/reauthenticate/",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_in_our_own_look(secret, page, address):
    assert_our_own_look(page.get(address).content.decode())


def test_the_page_that_asks_for_the_password_is_in_our_own_look(page):
    assert_our_own_look(page.get("/accounts/reauthenticate/").content.decode())


def assert_our_own_look(text):
    assert 'class="site-header"' in text
    assert "style=" not in text
    assert "<script>" not in text
