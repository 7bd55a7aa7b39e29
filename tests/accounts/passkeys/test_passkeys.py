"""Passkeys of learners: added, used, renamed, removed, and never another's."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.config import MAX_PASSKEYS
from accounts.models import User
from audit.models import AuditLog, SystemConfig
from tests.outbox import outbox
from tests.passkeys import Device, add_passkey, options_on, sign_in_options, sign_in_with
from tests.people import PASSWORD, learner

# Mails of changes go once those are committed.
pytestmark = pytest.mark.django_db(transaction=True)

LIST, ADD, AGAIN = (f"/accounts/2fa/webauthn/{page}" for page in ("", "add/", "reauthenticate/"))
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def ada() -> User:
    return learner()


@pytest.fixture
def page(client, ada) -> Client:
    """Ada's browser, a moment after she proved who she is."""
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD}, secure=True)
    return client


@pytest.fixture
def phone(page) -> Device:
    """The device whose passkey Ada has added."""
    device = Device()
    assert add_passkey(page, device).url == LIST
    return device


def sign_in(client, email="ada@example.org"):
    form = {"login": email, "password": PASSWORD}
    return client.post("/accounts/login/", form, secure=True)


def is_in(client) -> bool:
    return client.get("/searches/", secure=True).status_code == 200


def actions() -> list[str]:
    return [*AuditLog.objects.order_by("id").values_list("action", flat=True)]


def test_a_passkey_lets_in_and_on_to_where_one_came_from(phone):
    client = Client()
    assert sign_in_with(client, phone, next="/alerts/").url == "/alerts/"
    assert is_in(client)
    entry = AuditLog.objects.filter(action="user.signed_in").latest("id")
    assert json.loads(entry.details) == {"by": ["webauthn"]}


def test_adding_one_is_told_by_mail_and_recorded_without_its_key(phone, page):
    assert outbox()[-1].subject == "A passkey was added"
    assert "user.passkey_added" in actions()
    assert not AuditLog.objects.filter(details__icontains="credential").exists()
    assert "Your passkey is added" in page.get(LIST, secure=True).content.decode()


def test_what_the_browser_is_asked_to_make_signs_in_by_itself_and_is_unlocked_by_its_owner(page):
    options = options_on(page.get(ADD, secure=True).content.decode())["publicKey"]
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert options["rp"] == {"id": "testserver", "name": "Slot Alerts"}


def test_the_page_suggests_a_name_by_the_browser(page):
    text = page.get(ADD, secure=True, headers={"user-agent": CHROME}).content.decode()
    assert 'value="Chrome on Android"' in text


def test_a_learner_is_not_asked_for_the_passkey_when_signing_in_another_way(phone):
    client = Client()
    assert sign_in(client).url == "/searches/"
    assert is_in(client)
    assert not Authenticator.objects.filter(type="recovery_codes").exists()


def test_with_an_authenticator_app_a_passkey_stands_for_both_steps(phone, ada):
    Authenticator.objects.create(user=ada, type="totp", data={"secret": "x"})
    assert sign_in(Client()).url == "/accounts/2fa/authenticate/"
    client = Client()
    sign_in_with(client, phone)
    assert is_in(client)


def test_adding_one_ends_the_other_sessions(page):
    elsewhere = Client()
    sign_in(elsewhere)
    add_passkey(page, Device())
    assert not is_in(elsewhere)
    assert is_in(page)


def test_removing_one_ends_the_other_sessions_is_told_and_recorded(phone, page, ada):
    elsewhere = Client()
    sign_in_with(elsewhere, phone)
    page.post(f"{LIST}keys/{Authenticator.objects.get().pk}/remove/", secure=True)
    assert not Authenticator.objects.exists()
    assert (is_in(elsewhere), is_in(page)) == (False, True)
    assert outbox()[-1].subject == "A passkey was removed"
    assert "user.passkey_removed" in actions()
    assert not is_in_by(phone)


def is_in_by(device: Device) -> bool:
    client = Client()
    sign_in_with(client, device)
    return is_in(client)


@pytest.mark.parametrize("path", ["add/", "keys/{}/remove/", "keys/{}/edit/"])
def test_changing_passkeys_needs_proof_a_moment_ago(phone, path):
    client = Client()
    sign_in(client)
    address = f"{LIST}{path.format(Authenticator.objects.get().pk)}"
    assert client.post(address, secure=True).url.startswith(AGAIN)


def test_the_passkey_is_such_a_proof(phone):
    client = Client()
    sign_in(client)
    asked = client.get(ADD, secure=True).url
    options = options_on(client.get(asked, secure=True).content.decode())
    answer = client.post(asked, {"credential": phone.use(options)}, secure=True)
    assert answer.url == ADD


def test_another_passkey_is_none(phone):
    client = Client()
    sign_in(client)
    options = options_on(client.get(f"{AGAIN}?next={LIST}", secure=True).content.decode())
    other = Device("stolen", user_handle=phone.user_handle)
    asked = client.post(f"{AGAIN}?next={LIST}", {"credential": other.use(options)}, secure=True)
    assert asked.url == f"{AGAIN}?next=%2Faccounts%2F2fa%2Fwebauthn%2F"
    assert "didn’t work here" in client.get(asked.url, secure=True).content.decode()
    assert client.get(ADD, secure=True).status_code == 302


def test_a_passkey_is_renamed(phone, page):
    address = f"{LIST}keys/{Authenticator.objects.get().pk}/edit/"
    assert "Enter a name" in page.post(address, {"name": " "}, secure=True).content.decode()
    page.post(address, {"name": "Old phone"}, secure=True)
    assert "Old phone" in page.get(LIST, secure=True).content.decode()


def test_nobody_comes_to_anothers_passkey(phone):
    eve = Client()
    learner("eve@example.org")
    sign_in(eve, "eve@example.org")
    eve.post("/accounts/reauthenticate/", {"password": PASSWORD}, secure=True)
    pk = Authenticator.objects.get().pk
    for path in ("remove/", "edit/"):
        assert eve.post(f"{LIST}keys/{pk}/{path}", {"name": "x"}, secure=True).status_code == 404
    assert Authenticator.objects.get().wrap().name == "phone"


def refused(client, credential: str) -> bool:
    form = {"credential": credential}
    answer = client.post("/accounts/2fa/webauthn/login/", form, secure=True, follow=True)
    return "This passkey didn’t work here" in answer.content.decode() and not is_in(client)


def test_a_passkey_that_is_not_unlocked_lets_nobody_in(phone, client):
    stranger = Client()
    phone.unlocks = False
    assert refused(stranger, phone.use(sign_in_options(stranger)))


def test_a_passkey_that_says_it_is_anothers_lets_nobody_in(phone):
    stranger, eve = Client(), learner("eve@example.org")
    assert refused(stranger, phone.use(sign_in_options(stranger), as_user=eve))


def test_a_passkey_from_another_site_lets_nobody_in(phone):
    stranger = Client()
    phone.origin = "https://testserver.evil.example"
    assert refused(stranger, phone.use(sign_in_options(stranger)))


def test_what_a_passkey_said_once_lets_nobody_in_again(phone):
    client = Client()
    said = phone.use(sign_in_options(client))
    client.post("/accounts/2fa/webauthn/login/", {"credential": said}, secure=True)
    assert is_in(client)
    client.post("/accounts/logout/", secure=True)
    assert refused(client, said)
    sign_in_options(client)
    assert refused(client, said)


def test_a_disabled_learner_is_told_so(phone):
    User.objects.update(is_active=False)
    assert sign_in_with(Client(), phone).url == "/accounts/inactive/"


HOSTILE = [
    "", "x", "null", "[]", "5", "{}", '{"id": 5}', '{"id": "x", "rawId": "x"}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "response": {"userHandle": "AA"}}',
    '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}',
    '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "e30", "userHandle": "_w"}}',
    '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "W10", "authenticatorData": "'
    + "A" * 52 + '", "signature": "AA", "userHandle": "enp6enp6enp6enp6"}}',
    '{"a": "' + "x" * 30_000 + '"}', '{"response": ' + '{"a": ' * 2000 + "1" + "}" * 2001,
]  # fmt: skip


@pytest.mark.parametrize("credential", HOSTILE)
def test_what_is_no_passkey_is_refused_in_words(page, phone, credential):
    stranger = Client()
    sign_in_options(stranger)
    assert refused(stranger, credential)
    page.get(AGAIN, secure=True)
    assert page.post(AGAIN, {"credential": credential}, secure=True).url == AGAIN
    page.get(ADD, secure=True)
    text = page.post(ADD, {"credential": credential}, secure=True).content.decode()
    assert re.search("The passkey was not added|This passkey didn’t work here", text)
    assert Authenticator.objects.count() == 1


def test_a_passkey_made_for_another_question_is_not_added(page):
    options = options_on(page.get(ADD, secure=True).content.decode())
    made = Device().make(options)
    page.get(ADD, secure=True)
    text = page.post(ADD, {"credential": made}, secure=True).content.decode()
    assert "The passkey was not added" in text
    assert not Authenticator.objects.exists()


def test_there_are_only_so_many(page):
    SystemConfig.objects.create(key=MAX_PASSKEYS.name, value="1")
    add_passkey(page, Device("one"))
    text = add_passkey(page, Device("two")).content.decode()
    assert "the most that we keep" in text
    assert Authenticator.objects.count() == 1


def test_the_export_names_it_and_holds_no_key(phone, page):
    import io
    from zipfile import ZipFile

    archive = ZipFile(io.BytesIO(page.post("/account/data/", secure=True).content))
    text = archive.read("your-data.json").decode()
    (factor,) = json.loads(text)["second_factors"]
    assert (factor["type"], factor["name"]) == ("webauthn", "phone")
    assert "attestationObject" not in text
    assert "credential" not in text


def test_an_erased_learners_passkeys_go(phone, page):
    page.post("/account/erase/", secure=True)
    assert not Authenticator.objects.exists()
    assert not is_in_by(phone)


def test_who_lost_theirs_gets_it_taken(phone, page):
    from django.core.management import call_command

    call_command("reset_second_factor", "ada@example.org")
    assert not Authenticator.objects.exists()
    assert not is_in(page)
    entry = AuditLog.objects.get(action="user.second_factor_reset")
    assert json.loads(entry.details)["types"] == ["webauthn"]


PAGES = (LIST, ADD, AGAIN, f"{LIST}keys/PK/edit/", f"{LIST}keys/PK/remove/", "/accounts/login/")


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_in_our_own_look(phone, page, address):
    if address == "/accounts/login/":
        page = Client()
    address = address.replace("PK", str(Authenticator.objects.get().pk))
    text = page.get(address, secure=True).content.decode()
    assert 'class="site-header"' in text
    assert "style=" not in text
    assert "<script>" not in text
