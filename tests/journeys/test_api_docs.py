"""The page that describes the API works under the site's own strict policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import new_context
from tests.journeys.steps import keep_picture

AXE = Axe().axe_script

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser, size):
    context = new_context(browser, size)
    page = context.new_page()
    page.add_init_script(
        "window.refused = [];"
        "addEventListener('securitypolicyviolation', e => refused.push(e.violatedDirective));"
    )
    yield page
    context.close()


def test_every_address_is_shown_and_nothing_is_refused_by_the_policy(page, live_server):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    answer = page.goto(f"{live_server.url}/api/docs/")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    page.get_by_text("/api/v1/slots/").wait_for()
    page.get_by_text("/api/v1/sources/{name}/batches/", exact=True).first.wait_for()
    assert page.evaluate("refused") == []
    assert errors == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_its_words_stand_out_in_the_colours_that_one_prefers(page, live_server, look):
    page.emulate_media(color_scheme=look)
    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_text("/api/v1/slots/").wait_for()
    page.get_by_text("/api/v1/slots/").click()
    page.get_by_role("button", name="Try it out").wait_for()
    page.evaluate(AXE)
    found = page.evaluate("axe.run({runOnly: ['color-contrast']})")["violations"]
    assert [node["html"] for each in found for node in each["nodes"]] == []
    keep_picture(page, f"api-docs-{look}", "desktop")


def test_a_request_can_be_tried_out(page, live_server):
    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_text("/api/v1/centers/").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.get_by_text('"results": []').wait_for()
    assert page.evaluate("refused") == []
