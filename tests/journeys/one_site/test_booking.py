"""A learner with a test booked is told of what they can take, by when, and rests after that day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.steps import keep_picture, mail_text, open_mail, sign_up

BOOKED = "Wanstead"
# As the list says it of the booking's centre, in order; Hornchurch is not among them.
NEAREST = ("Goodmayes", "Barking (Tanner Street)", "Chingford")
BEYOND = "Hornchurch"
CLOCK = "13:10"
EMAIL = "booked@example.org"


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def load_nearest(site: Site, folder: Path) -> None:
    file = folder / "nearest.csv"
    rows = "".join(f"{BOOKED},{each}\n" for each in NEAREST)
    file.write_text(f"center,nearest\n{rows}")
    site.manage("import_nearest_centers", str(file))


def open_slots(site: Site, folder: Path) -> None:
    """One that can be taken, and one at a centre that the booking can't be moved to."""
    file = folder / "batch.csv"
    rows = "".join(f"{each},practical,{in_days(30)},{CLOCK}\n" for each in (BEYOND, NEAREST[0]))
    file.write_text(f"center,test_type,date,time\n{rows}")
    site.manage("import_slots", str(file), "--source", "booked", "--create")


def say_booked(page: Page, site: Site, day: date) -> None:
    page.goto(f"{site.url}/bookings/practical/")
    page.get_by_label("Its day").fill(day.isoformat())
    page.get_by_label("Where it is").select_option(label=BOOKED)
    page.get_by_label("Once").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Your driving test")).to_be_visible()


def save_search(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/searches/new/")
    page.get_by_label("Postcode").fill("IG3 9UZ")
    page.get_by_label("How far can you travel").fill("25")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Save and start alerts").click()
    expect(page.get_by_text("Your search is saved.")).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_a_booked_learner_hears_of_what_they_can_take_until_they_can_no_longer_change(
    site: Site, visitor: Page, size: str, tmp_path: Path
) -> None:
    load_nearest(site, tmp_path)
    page = visitor
    page.goto(f"{site.url}/searches/")
    page.get_by_role("link", name="Create one").click()
    sign_up(page, site, EMAIL)
    say_booked(page, site, in_days(90))
    keep_picture(page, "booking-1-said", size)
    save_search(page, site)

    open_slots(site, tmp_path)
    text = mail_text(page, site, ": practical test slot", to=EMAIL)
    assert NEAREST[0] in text
    assert BEYOND not in text
    assert "Change your test by" in text
    assert "This uses your last change" in text

    say_booked(page, site, in_days(5))
    page.goto(f"{site.url}/searches/")
    expect(page.get_by_text("Resting")).to_be_visible()
    keep_picture(page, "booking-2-resting", size)
    # Beat asks for it every ten minutes.
    site.manage("housekeep")
    open_mail(page, site, "Your search rests", to=EMAIL, seconds=180)
