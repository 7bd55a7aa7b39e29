"""The learner's account: quiet hours, all their data, and erasing it."""

import io
import json
from datetime import date, time, timedelta
from zipfile import ZipFile

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.mail.outbox import queue_mail
from accounts.models import Booking, OutboxMail, Role, SavedSearch, User
from accounts.roles import keep_default_roles
from alerts.delivery.gather import gather_notifications
from alerts.erasure import erase_user
from alerts.export import export
from alerts.models import UserAlert
from audit.models import AuditLog
from centers.models import Center
from tests.alerts.waiting import make_waiting
from tests.people import PASSWORD, learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return learner()


@pytest.fixture
def page(client, ada):
    client.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    return client


def quiet_hours() -> list[time | None]:
    return [*User.objects.values_list("quiet_from", "quiet_until")[0]]


@pytest.mark.parametrize("address", ["/account/", "/account/erase/"])
def test_nobody_is_asked_to_sign_in(client, address):
    assert client.get(address).url == f"/accounts/login/?next={address}"


def test_nobody_downloads_anything(client):
    assert client.post("/account/data/").url.startswith("/accounts/login/")


def test_quiet_hours_are_kept_and_emptied(page):
    page.post("/account/", {"quiet_from": "22:00", "quiet_until": "07:00"})
    assert quiet_hours() == [time(22), time(7)]
    page.post("/account/", {"quiet_from": "", "quiet_until": ""})
    assert quiet_hours() == [None, None]


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("22:00", "", "Enter both times"),
        ("", "07:00", "Enter both times"),
        ("22:00", "22:00", "Until must be another time"),
        ("25:00", "07:00", "Enter a time such as"),
    ],
)
def test_half_quiet_hours_are_refused_with_the_way_out(page, start, end, sentence):
    response = page.post("/account/", {"quiet_from": start, "quiet_until": end})
    assert sentence in response.content.decode()
    assert quiet_hours() == [None, None]


def download(page) -> dict:
    archive = ZipFile(io.BytesIO(page.post("/account/data/").content))
    return json.loads(archive.read("your-data.json"))


def test_the_download_holds_all_that_is_stored_and_no_secret(page, ada):
    make_waiting(ada)
    gather_notifications()
    data = download(page)
    assert data["account"]["email"] == "ada@example.org"
    assert len(data["searches"]) == len(data["alerts"]) == len(data["messages"]) == 1
    assert data["sessions"][0]["ip"] == "127.0.0.1"
    assert data["log"][0]["action"] == "user.signed_in"
    text = json.dumps(data)
    assert "password" not in text
    assert page.session.session_key not in text


def test_what_was_said_of_ones_tests_is_downloaded_and_erased(page, ada):
    center = Center.objects.create(name="Goodmayes", postcode="IG3 9UZ")
    Booking.objects.create(user=ada, test_type="practical", center=center, changes_used=1)
    User.objects.update(theory_passed_on=date(2026, 5, 21))
    data = download(page)
    [booking] = data["bookings"]
    assert (booking["center"], booking["first_center"], booking["changes_used"]) == (
        "Goodmayes", None, 1,
    )  # fmt: skip
    assert data["account"]["theory_passed_on"] == "2026-05-21"
    prove_it(page)
    page.post("/account/erase/")
    assert not Booking.objects.exists()


def test_the_download_holds_nothing_of_others(page):
    make_waiting(learner("eve@example.org"))
    data = download(page)
    assert (data["searches"], data["alerts"]) == ([], [])
    assert "eve@" not in json.dumps(data)


def prove_it(page):
    page.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_erasing_needs_proof_a_moment_ago(page):
    assert page.get("/account/erase/").url == "/accounts/reauthenticate/?next=%2Faccount%2Ferase%2F"
    assert page.post("/account/erase/").url.startswith("/accounts/reauthenticate/")
    assert User.objects.exists()


def test_to_whom_mail_went_is_downloaded_without_its_words_and_erased(page, ada):
    for to, user in ((ada.email, ada), ("other@example.org", ada), (ada.email, None)):
        queue_mail(
            to=to, user=user, kind="login_code", subject="7 is your code", text="7", html="7",
            good_for=timedelta(minutes=10),
        )  # fmt: skip
    mails = export(ada)["mails"]
    assert [mail["to"] for mail in mails] == [ada.email, "other@example.org", ada.email]
    assert not {"subject", "text", "html", "headers", "token"} & mails[0].keys()
    erase_user(user=ada, actor=None)
    assert not OutboxMail.objects.exists()


def test_looking_at_the_page_erases_nothing(page):
    prove_it(page)
    assert "Delete your account?" in page.get("/account/erase/").content.decode()
    assert User.objects.exists()


def test_proof_too_long_ago_is_asked_for_again_and_then_it_is_done(page):
    asked = page.post("/account/erase/").url
    assert page.post(asked, {"password": "wrong"}).status_code == 200
    assert User.objects.exists()
    assert page.post(asked, {"password": PASSWORD}).url == "/"
    assert not User.objects.exists()
    assert page.get("/searches/").status_code == 302


def test_erasing_leaves_nothing_but_anonymous_entries(page, ada):
    make_waiting(ada)
    gather_notifications()
    prove_it(page)
    response = page.post("/account/erase/")
    assert response.url == "/"
    assert not User.objects.exists()
    assert not SavedSearch.objects.exists()
    assert not UserAlert.objects.exists()
    entries = AuditLog.objects.filter(action__in=["user.signed_in", "user.erased"])
    assert entries.count() == 2
    assert not any(entry.user_id or entry.ip or entry.salt for entry in entries)
    assert page.get("/searches/").status_code == 302


def test_erasing_ends_the_sessions_on_other_devices(page, client, ada):
    other = Client()
    other.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    key = other.session.session_key
    assert Session.objects.filter(session_key=key).exists()
    prove_it(page)
    page.post("/account/erase/")
    assert not Session.objects.filter(session_key=key).exists()
    assert other.get("/account/").status_code == 302


def test_the_last_admin_is_told_to_make_another_first(page, ada):
    keep_default_roles()
    User.objects.update(role=Role.objects.get(role_name=Role.ADMIN))
    prove_it(page)
    response = page.post("/account/erase/")
    assert "Make somebody else an admin first" in response.content.decode()
    assert User.objects.exists()
