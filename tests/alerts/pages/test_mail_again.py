"""An address that was marked as refusing mail gets it again: by a code, by staff, by change."""

import re
import time

import pytest

from accounts.mail.codes import KEY
from accounts.models import BareRefusal, MailRefusal, Role
from audit.models import AuditLog
from tests.outbox import outbox
from tests.people import PASSWORD, learner
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

CODE_PAGE = "/account/mail/"


@pytest.fixture
def ada():
    return learner()


@pytest.fixture
def refusal(ada):
    return MailRefusal.objects.create(user=ada, address=ada.email, reason="550 5.1.1 unknown")


@pytest.fixture
def page(client, ada, refusal):
    client.force_login(ada)
    return client


def ask(page) -> str:
    """Ask for a code; the one that was mailed."""
    assert page.post("/account/mail/code/").url == CODE_PAGE
    found = re.search(r"Your code is\s+(\S+)", outbox()[-1].text)
    assert found
    return found[1]


def said(page) -> str:
    """What the account's page says now."""
    return page.get("/account/").content.decode()


def test_the_page_that_says_so_offers_a_code(page):
    assert 'action="/account/mail/code/"' in said(page)


def test_the_code_from_the_mail_lifts_it(page, ada):
    code = ask(page)
    assert outbox()[-1].to == ada.email
    assert "Enter the code" in page.get(CODE_PAGE).content.decode()
    assert page.post(CODE_PAGE, {"code": code}).url == "/account/"
    assert "Alerts go to ada@example.org again" in said(page)
    assert not MailRefusal.objects.exists()
    entry = AuditLog.objects.get(action="mail.refusal_lifted")
    assert (entry.user, entry.subject_id) == (ada, str(ada.pk))


def test_a_wrong_code_lifts_nothing(page):
    ask(page)
    again = page.post(CODE_PAGE, {"code": "WRONG"}).content.decode()
    assert "This code is wrong" in again
    assert MailRefusal.objects.exists()


def test_after_five_wrong_tries_the_right_one_is_too_late(page):
    code = ask(page)
    for _ in range(5):
        page.post(CODE_PAGE, {"code": "WRONG"})
    page.post(CODE_PAGE, {"code": code})
    assert MailRefusal.objects.exists()
    assert "Ask for a new one" in said(page)


def test_a_code_is_good_for_fifteen_minutes(page):
    code = ask(page)
    session = page.session
    session[KEY] = session[KEY] | {"at": time.time() - 901}
    session.save()
    page.post(CODE_PAGE, {"code": code})
    assert MailRefusal.objects.exists()


def test_a_code_is_good_for_the_address_it_was_mailed_to(page, ada, refusal):
    code = ask(page)
    ada.email = "other@example.org"
    ada.save()
    MailRefusal.objects.update(address=ada.email)
    page.post(CODE_PAGE, {"code": code})
    assert MailRefusal.objects.exists()


def test_who_is_not_refused_is_asked_for_nothing(client):
    client.force_login(learner("eve@example.org"))
    assert client.post("/account/mail/code/").url == "/account/"
    assert client.get(CODE_PAGE).url == "/account/"
    assert outbox() == []


def test_nobody_who_is_not_signed_in_asks_for_a_code(client, refusal):
    assert "/login/" in client.post("/account/mail/code/").url
    assert outbox() == []


def test_only_so_many_codes_are_sent_in_an_hour(page):
    for _ in range(5):
        ask(page)
    assert page.post("/account/mail/code/").url == "/account/"
    assert "Try again in an hour" in said(page)


def test_a_changed_address_lifts_it_for_the_old_one_too(page, ada):
    page.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    found = re.search(r"Your code is\s+(\S+)", outbox()[-1].text)
    page.post("/accounts/confirm-email/", {"code": found[1]})
    ada.refresh_from_db()
    assert (ada.email, MailRefusal.objects.exists()) == ("new@example.org", False)


def act(role, refusal):
    """What the list says after somebody of a role has chosen the action."""
    form = {"action": "lift", "_selected_action": [refusal.pk]}
    page = signed_in(make_staff(role))
    return page.post("/admin/accounts/mailrefusal/", form, follow=True).content.decode()


def test_staff_lift_it(ada, refusal):
    BareRefusal.objects.create(user=ada, address=ada.email, day="2026-01-05", reason="550")
    assert "Mail goes to ada@example.org again" in act(Role.ADMIN, refusal)
    assert (MailRefusal.objects.count(), BareRefusal.objects.count()) == (0, 0)


def test_who_may_only_read_does_not(refusal):
    act(Role.AUDITOR, refusal)
    assert MailRefusal.objects.exists()
