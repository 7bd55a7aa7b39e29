"""Every page for somebody whose browser runs no JavaScript: nothing that it promises is missing,
and no button does nothing."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import new_context
from tests.journeys.gallery import GALLERY, Shown

# What only a script can do is not offered without one.
NEEDS_SCRIPTS = "[data-near-me-offer], [data-push], [data-map], [data-passkey]"


@pytest.fixture(scope="module")
def plain_tabs(browser: Browser, signed_in, town, address):
    contexts = {
        who: new_context(browser, "phone", java_script_enabled=False)
        for who in ("nobody", "comer", "ada", "newcomer")
    }
    for who, context in contexts.items():
        context.add_cookies(signed_in(who))
    yield {who: context.new_page() for who, context in contexts.items()}
    for context in contexts.values():
        context.close()


def come_upon(page: Page, shown: Shown, url: str) -> None:
    page.goto(url)
    if shown.act and shown.works_plainly:
        shown.act(page)


@pytest.mark.parametrize("shown", GALLERY)
def test_it_reads_and_works(plain_tabs, shown: Shown, town, address: str) -> None:
    page = plain_tabs[shown.who]
    come_upon(page, shown, f"{address}{shown.address(town)}")
    expect(page.locator("h1")).to_be_visible()
    for promised in page.locator(NEEDS_SCRIPTS).all():
        expect(promised).to_be_hidden()
    for form in page.locator("main form:visible").all():
        expect(form.locator("button[type=submit]:visible").first).to_be_visible()
