"""A learner's parent says yes by the mailed link, gets the same alerts, and stops by one press."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.steps import (
    follow_link,
    import_a_slot,
    keep_picture,
    mail_text,
    open_mail,
    search,
    turn_on_alert,
)

CLOCKS = {"phone": "15:10", "desktop": "15:20"}


def test_a_companion_says_yes_gets_the_same_alerts_and_stops_without_an_account(
    site: Site, visitor: Page, size: str, tmp_path: Path
) -> None:
    ben, mum, page = f"ben-{size}@example.org", f"mum-{size}@example.org", visitor
    search(page, site, postcode="IG3 9UZ", miles=10)
    page.get_by_role("link", name="Alert me about this search").click()
    turn_on_alert(page, site, ben)

    page.goto(f"{site.url}/companions/")
    page.get_by_label("Their email address").fill(mum)
    page.get_by_label("What they call you").fill("Ben")
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_text("no answer yet")).to_be_visible()

    open_mail(page, site, "Ben", to=mum)
    follow_link(page, "/companions/")
    page.get_by_role("button", name="Yes, send them to me").click()
    expect(page.get_by_role("heading", name="Ben")).to_be_visible()
    keep_picture(page, "companion-1-yes", size)
    theirs = page.url

    import_a_slot(site, tmp_path, CLOCKS[size])
    assert CLOCKS[size] in mail_text(page, site, ": practical test slot", to=ben)
    assert CLOCKS[size] in mail_text(page, site, ": practical test slot", to=mum)

    page.goto(theirs)
    page.get_by_role("button", name="Stop").first.click()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    keep_picture(page, "companion-2-stopped", size)
