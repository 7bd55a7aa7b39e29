"""Guessing is bounded from everywhere, and locks nobody out who has signed in there before."""

import json
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.limits.tries import CODES, PASSWORDS, RESETS
from accounts.models import RequestWindow, Role, TryWindow, User
from audit.models import AuditLog
from tests.outbox import outbox
from tests.people import PASSWORD, learner
from tests.staff import make_staff, totp_code

pytestmark = pytest.mark.django_db
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
HOME, CAFE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def ada():
    return learner()


def sign_in(client, password=PASSWORD, *, at=HOME, email="ada@example.org"):
    form = {"login": email, "password": password}
    return client.post("/accounts/login/", form, REMOTE_ADDR=at)


def admin():
    """Whose address is verified, and whose authenticator has TOTP_SECRET."""
    user = make_staff(Role.ADMIN)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def is_in(response) -> bool:
    return response.status_code == 302


def guess(times, *, at=CAFE, email="ada@example.org"):
    """Wrong passwords by somebody who brings nothing; the last answer."""
    answers = [sign_in(Client(), "wrong", at=at, email=email) for _ in range(times)]
    return answers[-1].content.decode()


def strangers(number):
    """So many networks, each its own."""
    return [f"10.{n // 250}.{n % 250}.1" for n in range(number)]


def test_five_wrong_passwords_end_the_guesses_of_one_network(ada):
    guess(PASSWORDS.here[0])
    assert not is_in(sign_in(Client(), at=CAFE))
    assert "was wrong too often. Wait 5 minutes" in guess(1)


def test_the_owner_elsewhere_is_not_locked_out_by_them(ada):
    guess(12)
    assert is_in(sign_in(Client(), at=HOME))


def test_staff_are_not_locked_out_either():
    boss = admin()
    guess(12, email=boss.email)
    answer = sign_in(Client(), "pw", email=boss.email)
    assert answer.url == "/accounts/2fa/authenticate/"


def test_whom_a_browser_knows_is_not_locked_out_by_others_of_the_same_network(client, ada):
    sign_in(client, at=CAFE)
    client.post("/accounts/logout/")
    guess(12, at=CAFE)
    assert not is_in(sign_in(Client(), at=CAFE))
    assert is_in(sign_in(client, at=CAFE))


def test_a_known_browser_has_a_limit_too(client, ada):
    sign_in(client)
    client.post("/accounts/logout/")
    for _ in range(PASSWORDS.device[0]):
        sign_in(client, "wrong")
    assert "Wait 15 minutes" in sign_in(client).content.decode()


def test_a_browser_known_by_another_account_is_a_stranger_to_this_one(client, ada):
    eve = learner("eve@example.org")
    sign_in(client, email=eve.email, at=CAFE)
    client.post("/accounts/logout/")
    for _ in range(PASSWORDS.here[0]):
        sign_in(client, "wrong", at=CAFE)
    assert not is_in(sign_in(client, at=CAFE))


def test_a_forged_cookie_makes_no_browser_known(client, ada, settings):
    client.cookies[settings.DEVICE_COOKIE_NAME] = json.dumps(["x", [ada.pk]])
    guess(PASSWORDS.here[0])
    assert not is_in(sign_in(client, at=CAFE))


def test_many_networks_together_guess_at_one_account_only_so_often(ada):
    guess(1)
    account = TryWindow.objects.filter(key__startswith="password/everywhere/")
    account.update(count=PASSWORDS.everywhere[0] - 3)
    said = [guess(1, at=network) for network in strangers(6)]
    assert ["too often" in page for page in said] == [False] * 3 + [True] * 3


def test_while_they_guess_the_owner_gets_in_with_a_known_browser_or_by_the_mailed_link(client, ada):
    sign_in(client)
    client.post("/accounts/logout/")
    account = TryWindow.objects.get(key__startswith="password/everywhere/")
    TryWindow.objects.filter(pk=account.pk).update(count=PASSWORDS.everywhere[0])
    assert not is_in(sign_in(Client(), at="203.0.113.5"))
    assert is_in(sign_in(client))
    new = Client()
    new.post("/accounts/password/reset/", {"email": ada.email}, REMOTE_ADDR="203.0.113.5")
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", outbox()[-1].text)
    form = new.get(link[1], follow=True).redirect_chain[-1][0]
    assert is_in(new.post(form, {"password1": "another-horse-10"}))
    assert new.get("/searches/").status_code == 200


def test_what_one_network_is_refused_does_not_count_for_the_others(ada):
    guess(PASSWORDS.here[0] + 20, at=CAFE)
    counted = TryWindow.objects.get(key__startswith="password/everywhere/").count
    assert counted == PASSWORDS.here[0]


def test_requests_from_330_addresses_give_not_one_more_guess(ada):
    """The attack: limits lay among 300 rows of a cache that threw away what was oldest by key."""
    guess(PASSWORDS.here[0])
    for network in strangers(330):
        Client().head("/accounts/login/", REMOTE_ADDR=network)
    assert "was wrong too often" in guess(1)


def test_one_network_guesses_at_many_accounts_only_so_often(ada):
    said = [guess(1, email=f"someone{n}@example.org") for n in range(PASSWORDS.network[0] + 1)]
    assert ["too often" in page for page in said] == [False] * PASSWORDS.network[0] + [True]


def test_a_right_password_is_not_held_against_anybody(ada):
    for _ in range(PASSWORDS.network[0] + 5):
        assert is_in(sign_in(Client()))


def test_an_unknown_address_is_limited_in_the_same_words(ada):
    guess(PASSWORDS.here[0], at=HOME)
    known = guess(1, at=HOME)
    guess(PASSWORDS.here[0], email="nobody@example.org")
    said = re.compile(r"That was wrong too often[^<]*")
    assert said.findall(guess(1, email="nobody@example.org")) == said.findall(known) != []


def test_codes_of_the_second_step_are_limited_and_strangers_lock_nobody_out():
    boss, owner, stranger = admin(), Client(), Client()

    def enter(client, code="000000"):
        sign_in(client, "pw", email=boss.email)
        answer = client.post("/accounts/2fa/authenticate/", {"code": code}, REMOTE_ADDR=HOME)
        return "" if is_in(answer) else answer.content.decode()

    assert enter(owner, totp_code(TOTP_SECRET)) == ""
    owner.post("/accounts/logout/")
    pages = [enter(stranger) for _ in range(CODES.here[0] + 1)]
    assert ["too often" in page for page in pages] == [False] * CODES.here[0] + [True]
    assert "too often" in enter(Client(), totp_code(TOTP_SECRET))
    assert "This code is wrong" in enter(owner)


def test_a_stranger_who_asks_for_links_again_and_again_keeps_none_from_the_owner(ada):
    def ask(at):
        return Client().post("/accounts/password/reset/", {"email": ada.email}, REMOTE_ADDR=at)

    answers = [ask(CAFE) for _ in range(RESETS.here[0] + 1)]
    assert "Use the link of any of them" in answers[-1].content.decode()
    assert len(outbox()) == RESETS.here[0]
    assert is_in(ask(HOME))
    assert len(outbox()) == RESETS.here[0] + 1


def test_who_was_turned_away_is_recorded_once_and_without_an_address_of_theirs(ada):
    guess(PASSWORDS.here[0] + 20)
    entry = AuditLog.objects.get(action="user.tries_limited")
    assert (entry.user_id, entry.subject_id, entry.ip) == (None, str(ada.pk), CAFE)
    assert json.loads(entry.details) == {"what": "password", "limit": "here"}


def test_the_table_of_tries_names_nobody(ada):
    guess(6)
    sign_in(Client())
    keys = TryWindow.objects.values_list("key", flat=True)
    assert keys
    assert not [key for key in keys if "ada@" in key or "example" in key]


def test_windows_go_when_they_have_ended_and_not_before(ada):
    guess(6)
    assert not TryWindow.objects.passed().exists()
    TryWindow.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert TryWindow.objects.passed().count() == TryWindow.objects.count()
    assert is_in(sign_in(Client(), at=CAFE))


def test_tries_outlive_a_crash_of_the_database_and_requests_need_not():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE oid = ANY (%s::regclass[]) ORDER BY relname",
            [[RequestWindow._meta.db_table, TryWindow._meta.db_table]],
        )
        assert [kind for (kind,) in cursor.fetchall()] == ["u", "p"]


def test_an_account_without_a_role_is_counted_like_any(ada):
    assert User.objects.get(pk=ada.pk).role is None
    assert "is wrong" in guess(1)
