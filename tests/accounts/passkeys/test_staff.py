"""Passkeys of staff: the second factor, asked of each session."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import Role, User
from tests.passkeys import Device, add_passkey, options_on, sign_in_with
from tests.people import learner
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

STEP, AGAIN = "/accounts/2fa/authenticate/", "/accounts/2fa/webauthn/reauthenticate/"


@pytest.fixture
def boss() -> User:
    """An admin who has no second factor yet."""
    user = make_staff(Role.ADMIN, second_factor=False)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def phone(boss) -> Device:
    """The device whose passkey is the admin's second factor."""
    device = Device()
    answer = add_passkey(signed_in(boss), device)
    assert answer.url == "/accounts/2fa/recovery-codes/"
    return device


def sign_in(client) -> str:
    form = {"login": "admin@example.org", "password": "pw"}
    return client.post("/accounts/login/", form, secure=True).url


def use(client, device, page):
    """Answer the page that asks for the passkey."""
    options = options_on(client.get(page, secure=True).content.decode())
    return client.post(page, {"credential": device.use(options)}, secure=True)


def opens_admin(client) -> bool:
    return client.get("/admin/", secure=True).status_code == 200


def test_enrolling_it_opens_admin_for_this_session_alone(boss):
    here, elsewhere = signed_in(boss), signed_in(boss)
    assert not opens_admin(here)
    add_passkey(here, Device())
    assert opens_admin(here)
    assert not opens_admin(elsewhere)


def test_after_the_password_the_passkey_is_asked_for_and_opens_admin(phone):
    client = Client()
    assert sign_in(client) == STEP
    assert not opens_admin(client)
    assert use(client, phone, STEP).status_code == 302
    assert opens_admin(client)


def test_a_passkey_that_is_not_unlocked_is_no_second_factor(phone):
    client = Client()
    sign_in(client)
    phone.unlocks = False
    assert "This passkey didn’t work here" in use(client, phone, STEP).content.decode()
    assert not opens_admin(client)


def test_a_passkey_instead_of_all_else_opens_admin(phone):
    client = Client()
    sign_in_with(client, phone)
    assert opens_admin(client)


def test_a_session_without_it_is_asked_for_it_at_admins_door(phone, boss):
    client = signed_in(boss, second_factor=False, reauthenticated=False)
    door = client.get("/admin/", secure=True, follow=True)
    assert door.redirect_chain[-1][0] == f"{AGAIN}?next=%2Fadmin%2F"
    assert use(client, phone, f"{AGAIN}?next=%2Fadmin%2F").url == "/admin/"
    assert opens_admin(client)


def test_who_has_none_is_offered_a_passkey_beside_the_app(boss):
    page = signed_in(boss).get("/admin/", secure=True, follow=True).content.decode()
    assert 'href="/accounts/2fa/webauthn/add/?next=/admin/"' in page


def test_without_the_device_a_recovery_code_lets_in(phone, boss):
    codes = Authenticator.objects.get(user=boss, type="recovery_codes").wrap().get_unused_codes()
    client = Client()
    sign_in(client)
    assert client.post(STEP, {"code": codes[0]}, secure=True).status_code == 302
    assert opens_admin(client)


@pytest.mark.parametrize("page", ["/accounts/reauthenticate/", "/accounts/reauthenticate/code/"])
def test_it_is_not_removed_by_less_than_itself(phone, boss, page):
    client = signed_in(boss, second_factor=False, reauthenticated=False)
    assert client.post(page, {"password": "pw"}, secure=True).url == AGAIN
    address = f"/accounts/2fa/webauthn/keys/{Authenticator.objects.get(type='webauthn').pk}/remove/"
    assert client.post(address, secure=True).url.startswith(AGAIN)
    assert Authenticator.objects.filter(type="webauthn").exists()


def test_a_learner_who_becomes_staff_is_asked_for_it_from_then_on():
    ada, device = learner(), Device()
    add_passkey(signed_in(ada), device)
    User.objects.update(role=Role.objects.get(role_name=Role.AUDITOR))
    client = Client()
    form = {"login": ada.email, "password": "correct-horse-9"}
    assert client.post("/accounts/login/", form, secure=True).url == STEP


def test_admin_says_what_someone_signs_in_by_and_takes_it_once_lost(phone, boss):
    client = Client()
    sign_in_with(client, phone)
    use(client, phone, AGAIN)
    ada, device = learner(), Device("Ada’s phone")
    add_passkey(signed_in(ada), device)
    address = f"/admin/accounts/user/{ada.pk}/change/"
    page = client.get(address, secure=True).content.decode()
    assert "mailed code, password, passkey “Ada’s phone”" in page
    form = {"action": "reset_second_factor", "_selected_action": [ada.pk], "one": "1"}
    said = client.post("/admin/accounts/user/", form, secure=True, follow=True).content.decode()
    assert "without passkeys and a second factor now" in said.lower()
    assert not Authenticator.objects.filter(user=ada).exists()
