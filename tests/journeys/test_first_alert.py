"""From nothing to the first alert: sign-up, a code by mail, a saved search, a slot, a mail."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.site import Site, logs, running_site
from tests.journeys.steps import follow_link, mail_text, open_mail, sign_up


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), simulate=True) as site:
        yield site


def test_a_new_learner_is_mailed_a_slot_that_the_simulated_source_opens(
    site: Site, visitor: Page, size: str
) -> None:
    """The simulated source's own pace, the bundled postcodes, the default gathering time."""
    email = f"{size}@example.org"
    visitor.goto(f"{site.url}/searches/")
    visitor.get_by_role("link", name="Create one").click()
    sign_up(visitor, site, email)
    visitor.get_by_role("link", name="Save your first search").click()
    visitor.get_by_label("Postcode").fill("IG3 9UZ")
    visitor.get_by_label("Within how many miles").fill("10")
    visitor.get_by_role("button", name="Continue").click()
    expect(visitor.get_by_text("opens within 10 miles of IG3 9UZ")).to_be_visible()
    visitor.get_by_role("button", name="Save this search").click()
    expect(visitor.get_by_text("Your search is saved.")).to_be_visible()

    text = mail_text(visitor, site, "test slot:", to=email, seconds=90)
    assert "within 10 miles of IG3 9UZ" in text, logs(site.log)
    assert "SIMULATED" in text

    open_mail(visitor, site, "test slot:", to=email)
    follow_link(visitor, "/alerts/")
    expect(visitor.get_by_role("heading", name="Your alert")).to_be_visible()
