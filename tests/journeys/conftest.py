"""A real browser: Debian's Chromium, on a phone's and a desktop's size."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.roles import keep_default_roles
from dvsa_alerts.dev.clock import by_the_real_clock
from tests import databases
from tests.journeys.town import Town, build_town

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking",
]  # fmt: skip
SignedIn = Callable[[str], list[Any]]
VISITORS = ("nobody", "comer", "ada", "newcomer")
NOTE_REFUSED = """
window.refused = [];
addEventListener("securitypolicyviolation",
  each => refused.push(`${each.violatedDirective} ${each.blockedURI}`));
"""
SIZES = {"phone": {"width": 375, "height": 800}, "desktop": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        env = dict(by_the_real_clock(os.environ))  # else it hangs or crashes
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=env)
        yield browser
        browser.close()


@pytest.fixture(params=["phone", pytest.param("desktop", marks=pytest.mark.variant)])
def size(request: pytest.FixtureRequest) -> str:
    """Each test once on a phone and once on a desktop."""
    return str(request.param)


@pytest.fixture
def visitor(browser: Browser, size: str) -> Iterator[Page]:
    """A page in a browser that has never been here; an error in a script fails the test."""
    context = new_context(browser, size)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def new_context(browser: Browser, size: str, **options: Any) -> BrowserContext:
    """A browser of that size, patient enough for a busy machine."""
    context = browser.new_context(viewport=SIZES[size], locale="en-GB", **options)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    return context


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker) -> Iterator[Town]:
    with django_db_blocker.unblock():
        yield build_town()
        connection.close()
        databases.empty(connection.settings_dict["NAME"])
        keep_default_roles()


@pytest.fixture(scope="module")
def address(town: Town, django_db_blocker) -> Iterator[str]:
    server = LiveServer("127.0.0.1")
    with override_settings(ROOT_URLCONF="tests.journeys.urls"):
        yield server.url
    server.stop()


@pytest.fixture(scope="module")
def signed_in(town: Town, address: str) -> SignedIn:
    """The cookies of one of the VISITORS."""

    def cookies(who: str) -> list[Any]:
        user = {"ada": town.ada, "newcomer": town.newcomer}.get(who)
        if user is None:
            return []
        client = Client()
        client.force_login(user)
        key = client.cookies["sessionid"].value
        return [{"name": "sessionid", "value": key, "url": address}]

    return cookies
