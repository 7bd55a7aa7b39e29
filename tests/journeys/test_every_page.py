"""Every page in a browser: nothing for axe to find, no sideways scrolling, no other host asked,
nothing that the policy refuses.

Each is loaded once and looked at in both sizes: no script of ours asks how large the window is.

`PICTURES=folder ./dev test tests/journeys/test_every_page.py` keeps what each page looks like.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import NOTE_REFUSED, SIZES, VISITORS, SignedIn, new_context
from tests.journeys.gallery import GALLERY, Shown
from tests.journeys.town import Town

NARROWEST = {"width": 320, "height": 640}
# WCAG 2.2's own way to ask for 200%: half as many CSS pixels across the same screen.
ENLARGED = {"width": 640, "height": 450}
PICTURES = os.environ.get("PICTURES")
AXE = Axe().axe_script
# Dark differs from light by its colours alone, and no colour hangs on the size.
LOOKS = [("phone", "light"), ("desktop", "dark")]
VARIANTS = [("desktop", "light"), ("phone", "dark")]
RULES = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "dark": ["color-contrast"],
}
UNDER_THE_HEADING = "h1 ~ .error-summary, h1 ~ * .error-summary"


@pytest.fixture(scope="module")
def tabs(browser: Browser, signed_in: SignedIn) -> Iterator[dict[str, BrowserContext]]:
    """A browser for each who looks."""
    contexts = {who: _context(browser, signed_in(who)) for who in VISITORS}
    yield contexts
    for context in contexts.values():
        context.close()


def _context(browser: Browser, cookies: list) -> BrowserContext:
    # Colours that fade into each other would be judged half-way.
    context = new_context(browser, "phone", color_scheme="light", reduced_motion="reduce")
    context.add_cookies(cookies)
    context.add_init_script(NOTE_REFUSED)
    return context


@pytest.mark.parametrize("shown", GALLERY)
def test_it_is_accessible_fits_and_asks_no_other_host(
    tabs: dict[str, BrowserContext], shown: Shown, town: Town, address: str, thorough: bool
) -> None:
    page = tabs[shown.who].new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        come_upon(page, shown, f"{address}{shown.address(town)}")
        look_at(page, shown.name, LOOKS + VARIANTS if thorough else LOOKS)
        assert wider_than_its_window(page) == []
        assert page.locator(UNDER_THE_HEADING).count() == 0
        assert page.evaluate("refused") == []
        assert errors == []
        assert {urlsplit(url).netloc for url in asked if url[:5] != "data:"} == {address[7:]}
    finally:
        page.close()


def come_upon(page: Page, shown: Shown, url: str) -> None:
    """Open the page, and do what comes first."""
    answer = page.goto(url)
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    if shown.act:
        shown.act(page)
    page.wait_for_load_state("networkidle")


def look_at(page: Page, name: str, looks: list[tuple[str, str]]) -> None:
    """Nothing for axe to find in windows of these sizes and colours."""
    page.evaluate(AXE)
    for size, scheme in looks:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=scheme)
        keep_picture(page, f"{name}-{size}-{scheme}")
        assert (size, scheme, found_by_axe(page, RULES[scheme])) == (size, scheme, [])


def found_by_axe(page: Page, rules: list[str]) -> list[str]:
    """What axe-core objects to by these rules, and where."""
    options = {"resultTypes": ["violations"], "runOnly": rules}
    return [
        f"{each['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for each in page.evaluate("options => axe.run(options)", options)["violations"]
        for node in each["nodes"]
    ]


def wider_than_its_window(page: Page) -> list[str]:
    """At which widths the page is wider than the window, and by what."""
    found = []
    for size in (NARROWEST, ENLARGED):
        page.set_viewport_size(size)
        found += page.evaluate(WIDER)
    return found


WIDER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("main *, header *, footer *")]
    .filter(each => each.getBoundingClientRect().right > width + 1)
    .map(each => `${width}px: ${each.outerHTML.slice(0, 100)}`);
}"""


def keep_picture(page: Page, name: str) -> None:
    """The whole page, if pictures are asked for."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
