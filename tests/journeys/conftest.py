"""A real browser: Debian's Chromium, on a phone's and a desktop's size."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking",
]  # fmt: skip
SIZES = {"phone": {"width": 375, "height": 800}, "desktop": {"width": 1280, "height": 900}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is here is a journey."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker("journey")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=list(SIZES))
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
