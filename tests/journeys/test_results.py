"""The results page at work: list, map and address bar change together."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import new_context

SEARCH = "/slots/?postcode=IG3+9UZ&radius=25"
PINS = ".map__pin"


def opened(browser: Browser, url: str) -> Page:
    page = new_context(browser, "desktop").new_page()
    page.goto(url)
    page.evaluate("window.sameDocument = true")
    expect(page.locator(PINS).first).to_be_visible()
    return page


def test_a_changed_search_changes_list_map_and_address_without_a_new_page(
    browser: Browser, town, address: str
) -> None:
    page = opened(browser, f"{address}{SEARCH}")
    page.get_by_text("Change the search").click()
    page.get_by_label("How far can you travel").fill("3")
    page.get_by_role("button", name="Show open slots").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("within 3 miles of IG3 9UZ")
    assert re.search(r"\?postcode=IG3\+9UZ&radius=3$", page.url)
    expect(page.locator("[data-map-url*='radius=3']")).to_be_visible()
    expect(page.locator(".slot__miles").first).to_be_visible()
    shown = page.locator(".slot__miles").all_inner_texts()
    assert all(float(each.split()[0]) <= 3 for each in shown)
    assert "3 miles" in page.title()
    assert page.evaluate("window.sameDocument")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("within 25 miles")
    page.context.close()


def test_something_wrong_is_said_without_a_new_page_and_has_the_focus(
    browser: Browser, town, address: str
) -> None:
    page = opened(browser, f"{address}{SEARCH}")
    page.get_by_text("Change the search").click()
    page.get_by_label("Postcode").fill("BT1 1AA")
    page.get_by_role("button", name="Show open slots").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="BT1 1AA is not in Great Britain").click()
    expect(page.get_by_label("Postcode")).to_be_focused()
    page.context.close()


def test_a_centre_on_the_map_is_reached_and_opened_with_the_keyboard(
    browser: Browser, town, address: str
) -> None:
    page = opened(browser, f"{address}{SEARCH}")
    page.locator(PINS).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup a[href^='/centers/']").first).to_be_visible()
    page.context.close()
