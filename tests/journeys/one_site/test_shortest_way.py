"""The shortest way from the front page to an alert that is on: what it asks of a learner."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.steps import keep_picture, open_mail

FIELDS, SCREENS, MAILS = 2, 5, 1


class Counting:
    """A learner whose typing and screens are counted."""

    def __init__(self, page: Page, size: str) -> None:
        self.page, self.size = page, size
        self.fields = self.screens = 0

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)
        self.fields += 1

    def sees(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        self.screens += 1
        keep_picture(self.page, f"shortest-{self.screens}", self.size)


def mails_to(page: Page, site: Site, email: str) -> int:
    tab = page.context.new_page()
    tab.goto(f"{site.url}/dev/mail/")
    number = tab.get_by_role("listitem").filter(has_text=email).count()
    tab.close()
    return number


def link_of_the_mail(page: Page, site: Site, email: str) -> str:
    tab = page.context.new_page()
    open_mail(tab, site, "is your code", to=email)
    link = tab.locator(".mail-text a[href*='?code=']").first.get_attribute("href")
    tab.close()
    assert link
    return link


@pytest.mark.usual
@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_two_fields_five_screens_and_one_mail_lead_from_the_front_page_to_an_alert(
    site: Site, visitor: Page, size: str
) -> None:
    page, learner, email = visitor, Counting(visitor, size), f"shortest-{size}@example.org"
    page.goto(site.url)
    learner.sees("Find a driving test slot near you")
    learner.type("Postcode", "IG3 9UZ")
    page.get_by_role("button", name="Show open slots").click()
    learner.sees("Open slots within")
    page.get_by_role("link", name="Alert me about this search").click()
    learner.sees("Check your alert")
    learner.type("Email address", email)
    page.get_by_role("button", name="Turn on this alert").click()
    learner.sees("Enter the code we emailed you")
    page.goto(link_of_the_mail(page, site, email))
    page.get_by_role("button", name="Continue").click()
    learner.sees("Your alert is on")
    assert learner.fields <= FIELDS
    assert learner.screens <= SCREENS
    assert mails_to(page, site, email) == MAILS

    page.get_by_role("link", name="My saved searches").click()
    expect(page.get_by_role("article")).to_have_count(1)
