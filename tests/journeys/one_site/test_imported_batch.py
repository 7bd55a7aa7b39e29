"""From a visitor's search to an alert about an imported batch, and out again by one press."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import new_context
from tests.journeys.keyboard import enter, tab_to, type_into
from tests.journeys.site import Site, code_of
from tests.journeys.steps import (
    follow_link,
    import_a_slot,
    mail_text,
    open_mail,
    search,
    turn_on_alert,
)
from tests.servers import wait_until


@pytest.fixture
def without_scripts(browser: Browser, size: str) -> Iterator[Page]:
    """A visitor whose browser runs no JavaScript."""
    context = new_context(browser, size, java_script_enabled=False)
    yield context.new_page()
    context.close()


def walk(page: Page, site: Site, folder: Path, *, email: str, clock: str) -> None:
    """Visitor's search, sign-up without typing it again, saved, alerted, and out."""
    search(page, site, postcode="IG3 9UZ", miles=10)
    page.get_by_role("link", name="Alert me about this search").click()
    turn_on_alert(page, site, email)
    expect(page.get_by_text("within 10 miles of IG3 9UZ")).to_be_visible()

    import_a_slot(site, folder, clock)
    open_mail(page, site, ": practical test slot", to=email)
    expect(page.locator(".mail-text")).to_contain_text(clock)
    mail = page.url
    follow_link(page, "/alerts/")
    expect(page.get_by_role("heading", name=f"at {clock}")).to_be_visible()

    page.goto(mail)
    follow_link(page, "/unsubscribe/")
    page.get_by_role("button", name="Stop these alerts").click()
    expect(page.get_by_role("heading", name="These alerts have stopped")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="We are looking for slots again")).to_be_visible()


def test_a_visitors_search_becomes_an_alert_and_ends_by_one_press(
    site: Site, visitor: Page, size: str, tmp_path: Path
) -> None:
    clock = {"phone": "08:10", "desktop": "09:10"}[size]
    walk(visitor, site, tmp_path, email=f"script-{size}@example.org", clock=clock)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_all_of_it_works_without_scripts(
    site: Site, without_scripts: Page, size: str, tmp_path: Path
) -> None:
    walk(without_scripts, site, tmp_path, email=f"plain-{size}@example.org", clock="10:10")


@pytest.mark.parametrize("size", ["desktop"], indirect=True)
def test_all_of_it_works_with_the_keyboard_alone(site: Site, visitor: Page, tmp_path: Path) -> None:
    visitor.goto(site.url)
    type_into(visitor, "Postcode", "IG3 9UZ")
    type_into(visitor, "How far can you travel", "10")
    enter(visitor, "Show open slots")
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("within 10 miles")
    enter(visitor, "Alert me about this search")
    type_into(visitor, "Email address", "keys@example.org")
    enter(visitor, "Turn on this alert")
    expect(visitor.get_by_role("heading", name="Enter the code we emailed you")).to_be_visible()
    code = code_of(mail_text(visitor, site, "is your code", to="keys@example.org"))
    type_into(visitor, "Code", code)
    enter(visitor, "Continue")
    expect(visitor.get_by_text("Your search is saved.")).to_be_visible()

    import_a_slot(site, tmp_path, "11:10")
    enter(visitor, "Alerts")
    expect(visitor.get_by_role("heading", name="My alerts")).to_be_visible()
    expect_within_reloads(visitor, "at 11:10")
    tab_to(visitor, "change to ")
    assert "gov.uk" in visitor.evaluate("document.activeElement.href")


def expect_within_reloads(page: Page, text: str) -> None:
    """The page shows it, now or once the worker has come to it."""

    def shows() -> bool:
        page.reload()
        return bool(page.get_by_text(text).count())

    assert wait_until(shows, seconds=180, every=1)
