"""Signing in by a code from a mail, with a password or without one."""

import re

import pytest
from django.test import Client

from accounts.limits.tries import CODE_MAILS, MAILED_CODES
from accounts.models import TryWindow, User
from audit.models import AuditLog
from tests.outbox import outbox
from tests.people import learner

pytestmark = pytest.mark.django_db

SIGN_IN, CODE_PAGE = "/accounts/login/", "/accounts/login/code/confirm/"
HOME, CAFE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def ada() -> User:
    user = learner()
    user.set_unusable_password()
    user.save()
    return user


def ask(client, email="ada@example.org", *, at=HOME, next_url=""):
    return client.post(SIGN_IN, {"login": email, "next": next_url}, REMOTE_ADDR=at)


def enter(client, code, *, at=HOME):
    return client.post(CODE_PAGE, {"code": code}, REMOTE_ADDR=at)


def newest_code() -> str:
    found = re.search(r"Your code is\s+(\S+)", outbox()[-1].text)
    assert found
    return found[1]


def test_the_code_lets_in_and_on_to_where_one_came_from(client, ada):
    asked = ask(client, next_url="/alerts/")
    assert asked.url == f"{CODE_PAGE}?next=%2Falerts%2F"
    answer = client.post(asked.url, {"code": newest_code()})
    assert answer.url == "/alerts/"
    assert client.get("/alerts/").status_code == 200


def test_the_mail_says_the_code_how_long_it_lasts_and_whom_to_tell(client, ada):
    ask(client)
    message = outbox()[0]
    code = newest_code()
    assert (message.to, code in message.subject) == ("ada@example.org", True)
    assert "within 10 minutes" in message.text
    assert "Tell it to nobody" in message.text


def test_a_code_works_in_the_browser_that_asked_for_it_and_once(client, ada):
    ask(client)
    code, stranger = newest_code(), Client()
    ask(stranger)
    assert enter(stranger, code).status_code == 200
    assert enter(client, code).url == "/searches/"
    client.post("/accounts/logout/")
    ask(client)
    assert enter(client, code).status_code == 200


def test_a_code_confirms_the_address_of_an_account_that_was_only_begun(client):
    Client().post("/accounts/signup/", {"email": "ada@example.org"})
    ask(client)
    assert enter(client, newest_code()).url == "/searches/"
    assert User.objects.get().emailaddress_set.get().verified


def test_a_disabled_learner_gets_no_code(client, ada):
    User.objects.update(is_active=False)
    ask(client)
    assert "Your code is" not in outbox()[0].text


def test_what_is_recorded_says_by_what_someone_signed_in_and_each_wrong_code(client, ada):
    ask(client)
    enter(client, "WRONG1")
    failed = AuditLog.objects.get(action="user.sign_in_failed")
    assert (failed.user_id, failed.subject_id) == (None, str(ada.pk))
    enter(client, newest_code())
    assert '"code"' in AuditLog.objects.get(action="user.signed_in").details


def test_wrong_codes_are_counted_by_account_and_network(ada):
    for _ in range(2):
        stranger = Client()
        ask(stranger, at=CAFE)
        pages = [enter(stranger, "WRONG1", at=CAFE) for _ in range(3)]
    assert "wrong too often" in pages[-1].content.decode()
    owner = Client()
    ask(owner, at=HOME)
    assert enter(owner, newest_code(), at=HOME).url == "/searches/"


def test_wrong_codes_side_by_side_in_one_session_are_each_counted(client, ada):
    """allauth counts in the session, where what is written last wins."""
    ask(client)
    code, saved = newest_code(), client.session["account_login"]
    for _ in range(MAILED_CODES.here[0]):
        enter(client, "WRONG1")
        session = client.session
        session["account_login"] = saved
        session.save()
    assert "wrong too often" in enter(client, code).content.decode()


def test_a_right_code_is_held_against_nobody(ada):
    for _ in range(2):
        client = Client()
        ask(client)
        enter(client, newest_code())
    assert not TryWindow.objects.filter(key__startswith="mailed code/", count__gt=0).exists()


def test_a_stranger_who_asks_again_and_again_keeps_no_code_from_the_owner(ada):
    for _ in range(CODE_MAILS.here[0] + 3):
        page = ask(Client(), at=CAFE)
    assert "several codes to this address already. Wait 10 minutes" in page.content.decode()
    assert len(outbox()) == CODE_MAILS.here[0]
    owner = Client()
    ask(owner, at=HOME)
    assert enter(owner, newest_code()).url == "/searches/"


def test_a_known_browser_asks_by_a_limit_of_its_own(client, ada):
    ask(client, at=CAFE)
    enter(client, newest_code(), at=CAFE)
    client.post("/accounts/logout/")
    for _ in range(CODE_MAILS.here[0] + 3):
        ask(Client(), at=CAFE)
    assert ask(client, at=CAFE).status_code == 302


@pytest.mark.parametrize("page", [SIGN_IN, "/accounts/signup/"])
def test_asking_again_on_the_codes_own_page_counts_as_asking(page):
    client = Client()
    form = {SIGN_IN: {"login": "eve@example.org"}}.get(page, {"email": "eve@example.org"})
    asked = client.post(page, form).url
    for _ in range(CODE_MAILS.here[0] + 3):
        answer = client.post(asked, {"action": "resend"}, follow=True)
    assert "several codes to this address already" in answer.content.decode()
    assert len(outbox()) == CODE_MAILS.here[0]


def test_a_stranger_who_signs_up_again_and_again_keeps_nobody_from_doing_so():
    for _ in range(CODE_MAILS.here[0] + 3):
        Client().post("/accounts/signup/", {"email": "eve@example.org"}, REMOTE_ADDR=CAFE)
    assert len(outbox()) == CODE_MAILS.here[0]
    form = {"email": "eve@example.org"}
    answer = Client().post("/accounts/signup/", form, REMOTE_ADDR=HOME)
    assert answer.url == "/accounts/confirm-email/"


def test_a_new_address_is_mailed_only_so_many_codes(client, ada):
    client.force_login(ada)
    ada.emailaddress_set.create(email="new@example.org", verified=False, primary=False)
    for _ in range(CODE_MAILS.here[0] + 3):
        form = {"email": "new@example.org", "action_send": ""}
        answer = client.post("/accounts/email/", form, follow=True)
    assert "several codes to this address already" in answer.content.decode()
    assert len(outbox()) == CODE_MAILS.here[0]


def test_one_leaves_the_codes_page_for_another_way_in(client, ada):
    ask(client, next_url="/alerts/")
    page = client.get(f"{CODE_PAGE}?next=/alerts/").content.decode()
    assert 'name="next" value="/accounts/login/?next=/alerts/"' in page
    assert client.post("/accounts/logout/", {"next": SIGN_IN}).url == SIGN_IN
    assert "Sign in" in client.get(SIGN_IN).content.decode()
