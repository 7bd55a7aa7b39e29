"""Attack 10, by its parts: passwords, mailed links, records, hosts, cookies, feeds' addresses."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.models import SavedSearch
from alerts.messages import links
from audit.models import AuditLog
from slots.fetching.polling import poll_due
from slots.models import Source
from tests.alerts.world import make_search
from tests.deploy.attacks.conftest import Comer
from tests.deploy.front import NAME, Deployed
from tests.deploy.visitor import CSRF, LOGIN, SESSION
from tests.people import PASSWORD
from tests.servers import wait_until

# As many as may be tried in a minute.
GUESSED = ["Passw0rd123", "slotalerts", "drivingtest", " " * 12, "alerts.example.org"]


def test_a_password_that_is_guessed_first_is_not_taken(ada, home):
    home.sign_in(ada.email)
    for password in GUESSED:
        new = {"oldpassword": PASSWORD, "password1": password}
        assert home.post("/accounts/password/change/", **new).status == 200, password
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def path_of(url: str) -> str:
    return url.removeprefix(settings.SITE_URL)


@pytest.fixture
def searches(ada) -> list[SavedSearch]:
    """Two of Ada's."""
    return [make_search(ada, postcode="IG3 9UZ"), make_search(ada, postcode="IG3 9UZ")]


def test_a_link_to_unsubscribe_shows_a_stranger_no_postcode_and_ends_what_it_names(
    ada, searches, stranger
):
    named, other = searches
    link = path_of(links.unsubscribe_url(user_id=ada.pk, search_ids=[named.pk]))
    assert "IG3" not in stranger.get(link).text
    ended = stranger.ask("POST", link)
    assert (ended.status, "IG3" in ended.text) == (200, False)
    for search in searches:
        search.refresh_from_db()
    assert (named.is_active, other.is_active) == (False, True)


def test_a_link_to_unsubscribe_ends(ada, searches, stranger):
    with time_machine.travel(timezone.now() - links.STOPPING_LASTS - timedelta(days=1)):
        link = path_of(links.unsubscribe_url(user_id=ada.pk, search_ids=[searches[0].pk]))
    assert stranger.ask("POST", link).status == 410
    assert SavedSearch.objects.filter(is_active=True).count() == 2


def test_the_token_of_a_mailed_link_gives_no_session_and_stays_nowhere(
    site: Deployed, ada, searches, stranger
):
    link = path_of(links.unsubscribe_url(user_id=ada.pk, search_ids=[searches[0].pk]))
    page = stranger.get(link)
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert SESSION not in stranger.cookies
    assert SavedSearch.objects.filter(is_active=True).count() == 2
    log = site.folder / "dvsa-alerts.access.log"
    assert wait_until(lambda: page.headers["X-Request-ID"] in log.read_text(), seconds=180)
    said = "".join(file.read_text() for file in site.folder.glob("*.log"))
    assert link.split("/")[2] not in said


def test_who_was_limited_and_who_was_refused_is_recorded_once_with_their_address(ada, stranger):
    for _ in range(10):
        stranger.sign_in(ada.email, "wrong")
    for _ in range(3):
        stranger.ask("POST", "/api/v1/sources/feed/batches/", b"{}", Authorization="Bearer wrong")
    said = AuditLog.objects.filter(ip=stranger.address).exclude(action="user.sign_in_failed")
    assert sorted(said.values_list("action", flat=True)) == [
        "request.refused", "user.tries_limited",
    ]  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", f"{NAME}.evil.example"])
def test_nothing_leads_to_a_host_that_a_visitor_names(site: Deployed, comer: Comer, host):
    plain = site.ask_without_tls("/accounts/login/", Host=host)
    assert plain.headers["Location"] == f"https://{NAME}/accounts/login/"
    claimed = comer("127.2.2.2")
    claimed.sends = {"X-Forwarded-Host": host, "X-Original-URL": "/admin/", "Forwarded": host}
    assert claimed.get("/searches/").location.startswith("/accounts/login/")
    assert claimed.ask("GET", "/", Host=host).status == 400


def test_a_sign_in_leads_to_no_other_host(ada, comer: Comer):
    form = {"login": ada.email, "password": PASSWORD}
    for number, after in enumerate(("https://evil.example/", "//evil.example", "/\\evil.example")):
        answer = comer(f"127.3.3.{number + 1}").post(LOGIN, **form, next=after)
        assert (answer.status, answer.location) == (302, "/searches/"), after


def test_a_token_sent_without_tls_is_refused_and_told_to_be_revoked(site: Deployed):
    path = "/api/v1/sources/feed/batches/"
    answer = site.ask_without_tls(path, "POST", Authorization="Bearer secret")
    assert (answer.status, answer.headers["Location"]) == (403, None)
    assert "revoke it" in json.load(answer)["detail"]


def test_every_cookie_is_this_hosts_alone(ada, home):
    given = [
        line
        for answer in (home.get("/accounts/login/"), home.sign_in(ada.email))
        for line in answer.headers.get_all("Set-Cookie") or []
    ]
    names = {line.partition("=")[0] for line in given}
    assert {CSRF, SESSION, "__Host-device"} <= names
    for line in given:
        assert line.startswith("__Host-"), line
        assert {"Secure", "HttpOnly", "Path=/"} <= set(line.split("; ")), line


def test_asking_for_admins_sign_in_signs_nobody_out(staff):
    boss = staff("admin")
    assert boss.get("/admin/login/").location == "/admin/"
    assert boss.get("/accounts/logout/").status == 200
    assert boss.get("/admin/logout/").status == 405
    assert boss.get("/admin/").status == 200


INSIDE = ("168.63.129.16", "169.254.169.254", "127.0.0.1", "[::1]", "[::ffff:10.0.0.1]")


def test_a_feed_at_an_address_that_is_not_public_is_not_asked(staff):
    boss = staff("admin")
    usual = {"is_active": "on", "stale_after_minutes": "60", "poll_interval_seconds": "300"}
    for number, address in enumerate(INSIDE):
        form = usual | {"name": f"feed{number}", "url": f"https://{address}/slots"}
        assert boss.post("/admin/slots/source/add/", **form).status == 302, address
    assert len([*poll_due()]) == len(INSIDE)
    errors = Source.objects.values_list("last_error", flat=True)
    assert [error for error in errors if "no public address" not in error] == []
