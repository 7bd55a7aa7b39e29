"""What a learner does on the site, step by step.

`PICTURES=folder` keeps what the steps of some journeys look like.
"""

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.site import Site, code_of, logs
from tests.servers import wait_until

PICTURES = os.environ.get("PICTURES")


def keep_picture(page: Page, name: str, size: str) -> None:
    """The whole page, if pictures are asked for."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{size}.png", full_page=True)


def search(page: Page, site: Site, *, postcode: str, miles: int) -> None:
    """From the front page to results."""
    page.goto(site.url)
    page.get_by_label("Postcode").fill(postcode)
    page.get_by_label("How far can you travel").fill(str(miles))
    page.get_by_role("button", name="Show open slots").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def sign_up(page: Page, site: Site, email: str) -> None:
    """From the sign-up page to where one came from, by the code at /dev/mail/."""
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Create an account").click()
    confirm(page, site, email)


def turn_on_alert(page: Page, site: Site, email: str) -> None:
    """A visitor's last steps from a search that they have looked over: it is saved by the code."""
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Turn on this alert").click()
    confirm(page, site, email)
    expect(page.get_by_role("heading", name="Your alert is on")).to_be_visible()


def confirm(page: Page, site: Site, email: str) -> None:
    """Enter the code of the sign-up mail."""
    expect(page.get_by_role("heading", name="Enter the code we emailed you")).to_be_visible()
    code = code_of(mail_text(page, site, "is your code", to=email))
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()


def mail_text(page: Page, site: Site, subject: str, *, to: str, seconds: float = 60) -> str:
    """The text of somebody's newest mail with such a subject, read at /dev/mail/ in a new tab."""
    tab = page.context.new_page()
    try:
        open_mail(tab, site, subject, to=to, seconds=seconds)
        return tab.locator(".mail-text").inner_text()
    finally:
        tab.close()


def open_mail(tab: Page, site: Site, subject: str, *, to: str, seconds: float = 60) -> None:
    """Wait for somebody's mail with such a subject at /dev/mail/, and open the newest."""
    row = tab.get_by_role("listitem").filter(has_text=to)
    link = row.get_by_role("link", name=subject).first

    def has_come() -> bool:
        tab.goto(f"{site.url}/dev/mail/")
        return bool(link.count())

    assert wait_until(has_come, seconds=seconds, every=0.5), f"no mail: {subject}"
    link.click()
    expect(tab.locator(".mail-text")).to_be_visible()


def follow_link(tab: Page, path: str) -> None:
    """Open the first link of the mail that is shown whose address holds `path`, signed out."""
    address = tab.locator(f".mail-text a[href*='{path}']").first.get_attribute("href")
    assert address, f"no link to {path}"
    tab.context.clear_cookies()
    tab.goto(address)


def import_a_slot(site: Site, folder: Path, clock: str) -> None:
    """A batch file as an operator gets one, with one slot at Goodmayes in three weeks."""
    day = timezone.localdate() + timedelta(days=21)
    file = folder / "batch.csv"
    file.write_text(f"center,test_type,date,time\nGoodmayes,practical,{day},{clock}\n")
    site.manage("import_slots", str(file), "--source", "journey", "--create")


def first_alert(page: Page, site: Site, email: str) -> None:
    """The main journey: sign-up, a saved search, and the mail of a slot that then opens."""
    page.goto(f"{site.url}/searches/")
    page.get_by_role("link", name="Create one").click()
    sign_up(page, site, email)
    page.get_by_role("link", name="Save your first search").click()
    page.get_by_label("Postcode").fill("IG3 9UZ")
    page.get_by_label("How far can you travel").fill("10")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("opens within 10 miles of IG3 9UZ")).to_be_visible()
    page.get_by_role("button", name="Save and start alerts").click()
    expect(page.get_by_text("Your search is saved.")).to_be_visible()

    text = mail_text(page, site, ": practical test slot", to=email, seconds=180)
    assert "within 10 miles of IG3 9UZ" in text, logs(site.log)
    assert "SIMULATED" in text

    open_mail(page, site, ": practical test slot", to=email)
    follow_link(page, "/alerts/")
    expect(page.get_by_role("heading", name="Your alert")).to_be_visible()
