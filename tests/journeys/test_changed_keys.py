"""Both keys of the site change while people are signed in: nobody is signed out or left untold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from dvsa_alerts.dev.environment import vapid_private_key
from tests import databases
from tests.journeys.conftest import new_context
from tests.journeys.push_browser import Pushes, have_subscribed, replace_push_manager
from tests.journeys.site import Site, code_of, running_site
from tests.journeys.steps import import_a_slot, mail_text, turn_on_alert
from tests.people import PASSWORD
from tests.push_endpoint import Browser, PushService
from tests.servers import wait_until
from tests.staff import TOTP_SECRET, totp_code, verified_staff

HOST = "changed.push.test"
OLD = {"SECRET_KEY": site_settings.SECRET_KEY, "VAPID_PRIVATE_KEY": site_settings.VAPID_PRIVATE_KEY}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    service = PushService(tmp_path_factory.mktemp("push"), HOST)
    yield service
    service.close()


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, service: PushService
) -> Iterator[Site]:
    told = {
        "DJANGO_SETTINGS_MODULE": "tests.drills.loopback_settings",
        "SSL_CERT_FILE": str(service.certificate),
        "SECRET_KEY_FALLBACKS": "", "VAPID_PRIVATE_KEY_FALLBACKS": "", **OLD,
    }  # fmt: skip
    with running_site(tmp_path_factory.mktemp("site"), coalesce=1, **told) as site:
        yield site


class Learner:
    """With a browser that is woken; `after` is what it is given when it subscribes once more."""

    def __init__(self, chromium: Chromium, site: Site, service: PushService, name: str) -> None:
        self.site, self.service = site, service
        self.email = f"{name}@example.org"
        self.before, self.after = Browser(f"/{name}"), Browser(f"/{name}-again")
        self.context: BrowserContext = new_context(chromium, "phone")
        self.context.grant_permissions(["notifications"], origin=site.url)
        replace_push_manager(self.context, self.before, service.url(self.before.path))
        self.page = self.context.new_page()
        self.turn_on()

    def turn_on(self) -> None:
        url = f"{self.site.url}/searches/new/?postcode=IG3+9UZ&radius=10&method=push"
        self.page.goto(url)
        turn_on_alert(self.page, self.site, self.email)
        self.page.get_by_role("button", name="Turn on notifications here").click()
        expect(self.page.get_by_role("listitem").filter(has_text="since")).to_have_count(1)
        (worker,) = self.context.service_workers
        key = self.page.locator("[data-push-key]").get_attribute("data-push-key")
        have_subscribed(
            worker, str(key),
            (self.before, self.service.url(self.before.path)),
            (self.after, self.service.url(self.after.path)),
        )  # fmt: skip

    def newest(self, device: Browser, clock: str) -> dict[str, Any]:
        """The push of the slot at that time, as a device of theirs reads it."""

        def said() -> list[dict[str, Any]]:
            pushed = self.service.accepted(device.path)
            read = [device.decrypt(each.body) for each in pushed]
            return [each for each in read if clock in each["notification"]["body"]]

        assert wait_until(said, seconds=180), clock
        return said()[0]


@pytest.fixture
def boss(browser: Chromium, site: Site, settings: Any) -> Iterator[Page]:
    """An admin who is signed in with both steps."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with databases.used_here(site.database):
        email = verified_staff().email
    context = new_context(browser, "desktop")
    page = context.new_page()
    give_both_steps(page, site, email)
    yield page
    context.close()


def give_both_steps(page: Page, site: Site, email: str, *, ahead: int = 0) -> None:
    """Sign in, by the code of a clock that is so many steps ahead: each code works once."""
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code from your app").fill(totp_code(TOTP_SECRET, ahead=ahead))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="What would you like to look after?")).to_be_visible()


def are_in(site: Site, staff: Page, *learners: Learner) -> None:
    """Nobody is asked to sign in."""
    staff.goto(f"{site.url}/admin/accounts/user/")
    expect(staff.get_by_role("heading", name="Select user")).to_be_visible()
    for learner in learners:
        learner.page.goto(f"{site.url}/searches/")
        expect(learner.page.get_by_role("heading", name="My saved searches")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_keys_change_while_people_are_signed_in(
    browser: Chromium, site: Site, service: PushService, boss: Page, tmp_path: Path
) -> None:
    woken, away = (Learner(browser, site, service, name) for name in ("woken", "away"))

    new = {"SECRET_KEY": "x" * 50, "VAPID_PRIVATE_KEY": vapid_private_key()}
    kept = {f"{name}_FALLBACKS": value for name, value in OLD.items()}
    site.restart(**new, **kept)
    are_in(site, boss)
    import_a_slot(site, tmp_path, "08:20")
    asked = woken.newest(woken.before, "08:20")
    assert "renew" in asked
    Pushes(woken.page).deliver(site.url, asked)
    site.manage("reencrypt")
    are_in(site, boss, woken)

    site.restart(**dict.fromkeys(kept, ""))
    are_in(site, boss, woken)
    boss.goto(f"{site.url}/accounts/logout/")
    boss.get_by_role("button", name="Sign out").click()
    give_both_steps(boss, site, "admin@example.org", ahead=1)

    import_a_slot(site, tmp_path, "09:20")
    assert "renew" not in woken.newest(woken.after, "09:20")
    assert "09:20" in mail_text(boss, site, "test slot", to=away.email)
    comes_back(away, site)
    import_a_slot(site, tmp_path, "10:20")
    away.newest(away.after, "10:20")


def comes_back(learner: Learner, site: Site) -> None:
    """Who was not there while both keys counted signs in, is told, and goes on."""
    page = learner.page
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("Email address").fill(learner.email)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Enter the code we emailed you")).to_be_visible()
    code = code_of(mail_text(page, site, "is your code", to=learner.email))
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("gets no notifications any more")).to_be_visible()

    def has_renewed() -> bool:
        page.goto(f"{site.url}/push/")
        return page.get_by_role("button", name="Test").count() == 1

    assert wait_until(has_renewed, seconds=180, every=0.5)
