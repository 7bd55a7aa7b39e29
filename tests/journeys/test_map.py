"""The map in a browser: read at a glance, and used by the keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import new_context
from tests.journeys.steps import keep_picture
from tests.journeys.town import Town

SEARCH = "/slots/?postcode=IG3+9UZ&radius=25"
PIN, POPUP = ".map__pin", ".leaflet-popup"


@pytest.fixture(params=["phone", pytest.param("desktop", marks=pytest.mark.variant)])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = new_context(browser, request.param, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.locator(PIN).first).to_be_visible()
    expect(page.locator(".map__name").first).to_be_visible()
    return page


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    """Where each of these is."""
    return page.eval_on_selector_all(
        selector, "all => all.map(each => each.getBoundingClientRect().toJSON())"
    )


def test_by_keyboard_alone_one_opens_a_pin_looks_at_its_links_and_comes_back(
    page: Page, town: Town, address: str
) -> None:
    opened(page, f"{address}{SEARCH}")
    pin = page.locator(PIN).first
    pin.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{POPUP} a[href^='/centers/']").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(f"{POPUP} a[aria-label^='Directions to']").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(POPUP)).to_have_count(0)
    expect(pin).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"{POPUP} a[href^='/centers/']").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/centers/*/")


def test_by_keyboard_alone_centres_are_chosen_on_the_map_of_the_form(
    page: Page, town: Town, address: str
) -> None:
    page.goto(f"{address}/searches/new/?postcode=IG3+9UZ&test_type=practical&change=1")
    page.get_by_text("Narrow it down").click()
    expect(page.locator(".map__name").first).to_be_visible()
    pin = page.locator(PIN).first
    pin.focus()
    page.keyboard.press("Enter")
    mirror = page.locator(f"{POPUP} input").first
    expect(mirror).to_be_focused()
    page.keyboard.press("Space")
    chosen = page.locator("input[name=center]:checked")
    expect(chosen).to_have_count(1)
    number = chosen.get_attribute("value")
    page.keyboard.press("Escape")
    expect(pin).to_be_focused()
    expect(pin).to_have_attribute("title", re.compile("open, chosen$"))
    keep_picture(page, "choosing-centers", "phone")

    chosen.uncheck()
    expect(pin).not_to_have_attribute("title", re.compile("chosen"))
    page.locator(f"input[name=center][value='{number}']").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**center={number}**")
    expect(page.get_by_role("heading", name="Check your alert")).to_be_visible()


def test_names_lie_neither_on_pins_nor_on_each_other(page: Page, town: Town, address: str) -> None:
    opened(page, f"{address}{SEARCH}")
    names, pins = boxes(page, ".map__name"), boxes(page, PIN)
    assert len(names) > 5
    for number, name in enumerate(names):
        for other in names[number + 1 :] + pins:
            assert (
                name["right"] <= other["left"] + 1 or other["right"] <= name["left"] + 1
                or name["bottom"] <= other["top"] + 1 or other["bottom"] <= name["top"] + 1
            )  # fmt: skip


def test_one_centre_is_shown_from_near_with_its_name(page: Page, town: Town, address: str) -> None:
    opened(page, f"{address}/centers/{town.center.pk}/")
    expect(page.locator(".map__name--center")).to_have_text(town.center.name)
    miles = page.locator(".leaflet-control-scale-line").inner_text()
    assert int(miles.removesuffix(" mi")) <= 5


def test_nothing_on_it_moves_by_itself_for_who_asks_for_less_motion(
    page: Page, town: Town, address: str
) -> None:
    opened(page, f"{address}{SEARCH}")
    expect(page.locator(".leaflet-fade-anim, .leaflet-zoom-anim")).to_have_count(0)
