"""The first admin is made on the command line."""

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "four quiet otters"


@pytest.fixture(autouse=True)
def _password(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)


def make(email):
    call_command("createsuperuser", email=email)


def test_the_admin_has_every_permission_and_a_verified_email():
    make("Ada@Example.org")
    admin = User.objects.get(email="ada@example.org")
    assert admin.is_staff
    assert admin.has_perm("accounts.change_role")
    assert EmailAddress.objects.get(user=admin).verified


def test_the_admin_signs_in_with_the_password():
    make("ada@example.org")
    assert Client().login(email="ada@example.org", password=PASSWORD)


@pytest.mark.parametrize("again", ["ada@example.org", "ADA@example.org"])
def test_an_email_in_use_is_refused_with_its_name(again):
    make("ada@example.org")
    with pytest.raises(CommandError, match="already"):
        make(again)


def test_a_weak_password_is_refused_and_makes_nobody(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "secret")
    with pytest.raises(CommandError, match="too short"):
        make("ada@example.org")
    assert not User.objects.exists()


def test_what_is_no_email_is_refused():
    with pytest.raises(CommandError, match="an email address, such as"):
        make("ada")
