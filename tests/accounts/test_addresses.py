"""One rule for addresses, wherever one is typed, pasted or stored."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.addresses import check_address, check_plain
from accounts.models import User
from tests.outbox import outbox
from tests.people import PASSWORD, learner

pytestmark = pytest.mark.django_db

LONG_DOMAIN = ".".join(["d" * 60] * 4) + ".org"
TOO_LONG = f"{'x' * (256 - len(LONG_DOMAIN) - 1)}@{LONG_DOMAIN}"
# Each is refused by form, command and database alike.
NOT_PLAIN = {
    "zero-width space": "ada\u200b@example.org",
    "zero-width joiner in the domain": "ada@exam\u200dple.org",
    "soft hyphen": "a\u00adda@example.org",
    "byte-order mark": "\ufeffada@example.org",
    "right-to-left mark": "ada@example.org\u200f",
    "line break inside": "ada@exam\nple.org",
    "Kelvin sign": "\u212aim@example.org",
    "dotless i": "\u0131an@example.org",
    "long s": "ro\u017fe@example.org",
    "full-width letters": "\uff41da@example.org",
    "Cyrillic a": "\u0430da@example.org",
    "accent": "zo\u00eb@example.org",
    "other letters in the domain": "ada@m\u00fcnchen.de",
    "localhost": "learner@localhost",
    "quoted local part": '"ada lovelace"@example.org',
    "IP literal": "ada@[192.0.2.1]",
    "IPv6 literal": "ada@[IPv6:2001:db8::1]",
    "256 characters": TOO_LONG,
    "two signs": "ada@home@example.org",
    "space": "ada lovelace@example.org",
    "display name": "Ada <ada@example.org>",
    "comment": "ada(work)@example.org",
    "full stop at the end": "ada@example.org.",
    "empty local part": "@example.org",
}
# Plain text that no mail reaches: no rule of a database's.
UNREACHABLE = {
    "two dots": "a..b@example.org",
    "dot first": ".ada@example.org",
    "dot last": "ada.@example.org",
    "hyphen first": "ada@-example.org",
    "kept for tests": "ada@example.test",
    "kept for no use": "ada@example.invalid",
    "of the local network": "ada@printer.local",
    "IP address": "ada@192.0.2.1",
    "65 characters before the @": f"{'x' * 65}@example.org",
}
GOOD = [
    "ada@example.org",
    "Ada.O'Hara+tests@Example.co.uk",
    "a_d-a!#$%&*/=?^`{|}~@sub.example.org",
    "ada@xn--mnchen-3ya.de",
    f"{'x' * 64}@example.org",
]
ANY_BAD = NOT_PLAIN | UNREACHABLE


def cases(addresses):
    return pytest.mark.parametrize("address", addresses.values(), ids=addresses.keys())


@pytest.mark.parametrize("address", GOOD)
def test_an_address_is_stored_as_it_was_typed_but_for_case(client, address):
    form = {"email": f" {address} ", "password1": PASSWORD}
    assert client.post("/accounts/signup/", form).status_code == 302
    assert User.objects.get().email == address.lower()
    assert outbox()[-1].to == address.lower()


@cases(ANY_BAD)
def test_signing_up_says_at_the_field_what_is_wrong_and_stores_nothing(client, address):
    answer = client.post("/accounts/signup/", {"email": address, "password1": PASSWORD})
    assert answer.status_code == 200
    assert len(answer.context["form"].errors["email"]) == 1
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    assert outbox() == []


@cases(ANY_BAD)
def test_another_address_is_refused_at_its_field(client, address):
    ada = learner()
    client.force_login(ada)
    client.session["account_authentication_methods"] = []
    answer = client.post("/accounts/email/", {"email": address, "action_add": ""}, follow=True)
    assert answer.status_code == 200
    assert [each.email for each in EmailAddress.objects.all()] == [ada.email]


@cases(NOT_PLAIN)
@pytest.mark.parametrize(
    ("path", "field"), [("/accounts/login/", "login"), ("/accounts/password/reset/", "email")]
)
def test_nobody_is_looked_up_by_an_address_that_only_looks_like_theirs(
    client, path, field, address
):
    for email in ("ada@example.org", "kim@example.org", "ian@example.org", "rose@example.org"):
        learner(email)
    answer = client.post(path, {field: address, "password": PASSWORD})
    assert answer.status_code == 200
    assert len(answer.context["form"].errors[field]) == 1
    assert outbox() == []


def test_the_page_says_what_cannot_be_seen_in_an_address(client):
    form = {"email": "ada\u200b@example.org", "password1": PASSWORD}
    page = client.post("/accounts/signup/", form).content.decode()
    assert "There is a sign in this address that can’t be seen" in page


def test_two_of_one_look_cannot_both_sign_up(client):
    learner("kim@example.org")
    client.post("/accounts/signup/", {"email": "\u212aim@example.org", "password1": PASSWORD})
    client.post("/accounts/signup/", {"email": "kim\u200b@example.org", "password1": PASSWORD})
    assert [user.email for user in User.objects.all()] == ["kim@example.org"]


@cases(ANY_BAD)
def test_no_admin_is_made_with_such_an_address(monkeypatch, address):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError) as caught:
        call_command("createsuperuser", email=address)
    assert "\n" not in str(caught.value)
    assert not User.objects.exists()


@cases(NOT_PLAIN)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO users (email, password_hash) VALUES (%s, '')",
        """INSERT INTO account_emailaddress (user_id, email, verified, "primary")
        SELECT user_id, %s, false, false FROM users""",
    ],
)
def test_the_database_stores_no_such_address_no_matter_who_writes_it(statement, address):
    learner()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [address])


@pytest.mark.parametrize("address", GOOD)
def test_the_database_stores_every_good_address(address):
    check_address(address)
    assert User.objects.create_user(address).email == address.lower()


@pytest.mark.parametrize("address", ["\u212aim@example.org", "k\u0131m@example.org"])
def test_a_bounce_and_a_failed_sign_in_count_for_nobody_who_only_looks_the_same(address):
    learner("kim@example.org")
    assert not User.objects.with_address(address).exists()
    assert User.objects.with_address(" KIM@example.org").exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ada\u200b@example.org", "can’t be seen"),
        ("zo\u00eb@example.org", "letters a to z"),
        (TOO_LONG, "too long"),
        ("learner@localhost", "such as name@example.org"),
        ("ada@example.test", "after the @"),
        ("a..b@example.org", "such as name@example.org"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(address, words):
    with pytest.raises(ValidationError) as caught:
        check_address(address)
    assert words in caught.value.messages[0]


def test_who_has_an_address_of_before_can_still_sign_in():
    check_plain("admin@printer.local")
