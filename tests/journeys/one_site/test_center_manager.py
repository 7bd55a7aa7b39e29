"""A new centre manager's first day: a list with faults, a centre moved, two slots, an alert.

`PICTURES=folder` keeps what each step looks like.
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SIZES
from tests.journeys.site import Site
from tests.journeys.steps import keep_picture, mail_text
from tests.people import PASSWORD
from tests.staff import totp_code

# People as sign-up and an admin leave them, and a search that has been there for a while.
PEOPLE = """
from datetime import timedelta
from allauth.account.models import EmailAddress
from django.contrib.gis.geos import Point
from django.utils import timezone
from accounts.models import Role, SavedSearch, User
def made(name, role=None):
    user = User.objects.create_user(f"{name}-SIZE@example.org", "PASSWORD", role=role)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
for name in ("center_manager", "auditor"):
    made(name, Role.objects.get(role_name=name))
search = SavedSearch.objects.create(
    user=made("learner"), location=Point(0.1099, 51.5637, srid=4326), notification_radius=10,
    notification_method="email", postcode="IG3 9UZ",
)
SavedSearch.objects.filter(pk=search.pk).update(created_at=timezone.now() - timedelta(hours=1))
"""
FAULTY = """code,name,postcode,latitude,longitude
J1SIZE,Journey North SIZE,IG3 9UZ,51.57,0.11
J2SIZE,,IG3 9UZ,51.57,0.12
J3SIZE,Journey South SIZE,,51.55,0.11
J4SIZE,Journey East SIZE,IG3 9UZ,15.57,0.13
J5SIZE,Journey West SIZE,IG3 9UZ,fifty,0.09
J6SIZE,Journey Far SIZE,ZZ99 9ZZ,,
"""
MENDED = {
    "3-name": "Journey Middle SIZE", "4-postcode": "IG3 9UZ", "5-latitude": "51.57",
    "6-latitude": "51.57", "7-postcode": "IG3 9UZ",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def people(site: Site) -> None:
    scripts = [PEOPLE.replace("SIZE", size).replace("PASSWORD", PASSWORD) for size in SIZES]
    site.manage("shell", "-c", "".join(scripts))


def enter(page: Page, site: Site, email: str) -> None:
    """Sign in to the admin site for the first time, with a second factor set up on the way."""
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    secret = page.locator(".key").inner_text()
    page.get_by_label("Code").fill(totp_code(secret))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_have_count(0)
    page.goto(f"{site.url}/admin/")


def import_a_list(page: Page, site: Site, folder: Path, size: str) -> None:
    """Seven rows of which five are faulty, corrected in the page that says why."""
    file = folder / "centres.csv"
    file.write_text(FAULTY.replace("SIZE", size))
    page.goto(f"{site.url}/admin/centers/center/")
    page.get_by_role("link", name="Import a list").click()
    keep_picture(page, "1-import", size)
    page.get_by_label("List of centres").set_input_files(file)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="Faulty rows: 5")).to_be_visible()
    keep_picture(page, "2-preview", size)
    for name, text in MENDED.items():
        page.locator(f"[name='{name}']").fill(text.replace("SIZE", size))
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("heading", name="Faulty rows")).to_have_count(0)
    keep_picture(page, "3-corrected", size)
    page.get_by_role("button", name="Import: 6 new, 0 changed").click()
    expect(page.get_by_text("Imported: 6 new, 0 changed.")).to_be_visible()
    keep_picture(page, "4-imported", size)


def move_a_center(page: Page, site: Site, size: str) -> None:
    """By a press on the map beside the pin."""
    page.goto(f"{site.url}/admin/centers/center/?q=Journey+North+{size}")
    page.get_by_role("link", name=f"Journey North {size}").click()
    before = page.locator("#id_latitude").input_value()
    page.get_by_role("button", name="Place it by its postcode").click()
    expect(page.get_by_role("status").filter(has_text="Placed")).to_be_visible()
    box = page.locator("[data-place-map]").bounding_box()
    assert box
    where = {"x": box["width"] / 2 + 25, "y": box["height"] / 2 - 25}
    page.locator("[data-place-map]").click(position=where)
    after = page.locator("#id_latitude").input_value()
    assert re.fullmatch(r"51\.\d{6}", after)
    assert after != before
    keep_picture(page, "5-moved", size)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def open_two_slots(page: Page, site: Site, size: str) -> None:
    """At the centre that was just imported, which its name finds."""
    page.goto(f"{site.url}/admin/slots/slot/")
    page.get_by_role("link", name="Add slot").first.click()
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill(f"Journey North {size}")
    page.get_by_role("option", name=f"Journey North {size}").click()
    day = timezone.localdate() + timedelta(days=21)
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_label("Times").fill("08:10, 09:07")
    keep_picture(page, "6-open", size)
    page.get_by_role("button", name="Open them, and alert learners").click()
    expect(page.get_by_text("Open now: 2.")).to_be_visible()
    keep_picture(page, "7-opened", size)


def find_what_was_done(page: Page, site: Site, size: str) -> None:
    """A manager finds it in the history of what it was done to."""
    page.goto(f"{site.url}/admin/centers/center/?q=Journey+North+{size}")
    page.get_by_role("link", name=f"Journey North {size}").click()
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("cell", name="center.changed")).to_be_visible()
    expect(page.get_by_role("cell", name="center.added")).to_be_visible()
    expect(page.get_by_text(f"center_manager-{size}@example.org").nth(1)).to_be_visible()
    keep_picture(page, "8-history", size)
    refused = page.goto(f"{site.url}/admin/audit/auditlog/")
    assert refused
    assert refused.status == 403


def audit(page: Page, site: Site, size: str) -> None:
    """An auditor finds all of it in the audit log, which a manager may not read."""
    page.context.clear_cookies()
    enter(page, site, f"auditor-{size}@example.org")
    page.goto(f"{site.url}/admin/audit/auditlog/")
    for action in ("centers.imported", "center.changed", "slot.opened"):
        expect(page.locator("#result_list").get_by_text(action).first).to_be_visible()
    keep_picture(page, "9-audit", size)


def test_a_new_center_managers_first_day(
    site: Site, visitor: Page, size: str, tmp_path: Path
) -> None:
    enter(visitor, site, f"center_manager-{size}@example.org")
    import_a_list(visitor, site, tmp_path, size)
    move_a_center(visitor, site, size)
    open_two_slots(visitor, site, size)
    text = mail_text(visitor, site, f"Journey North {size}", to=f"learner-{size}@example.org")
    assert f"Journey North {size}" in text
    assert "08:10" in text
    assert "09:07" in text
    find_what_was_done(visitor, site, size)
    audit(visitor, site, size)
