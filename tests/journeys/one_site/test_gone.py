"""Two of those told first say from their mails that the slot has gone, and the next ones wait."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import SavedSearch
from alerts.models import UserAlert
from audit.models import SystemConfig
from centers.models import Center
from slots.models import SlotOpening
from tests import databases
from tests.journeys.conftest import new_context
from tests.journeys.site import Site, logs
from tests.journeys.steps import follow_link, keep_picture, mail_text, open_mail
from tests.people import learner
from tests.servers import wait_until

# Where no other journey's learner looks.
CENTER, CLOCK = "Inverness", "14:20"
EMAILS = [f"wave-{number}@example.org" for number in (1, 2, 3)]
# The second wave comes in an hour, or when the test says so: not while the first are answering.
HOLD = timedelta(hours=1)
TWO_FIRST = {
    "alerts.wave_first": "2",
    "alerts.wave_seconds": f"{HOLD.total_seconds():.0f}",
    "alerts.waves_end_minutes": "1440",
}


@pytest.fixture
def told_in_waves(site: Site, django_db_blocker) -> Iterator[None]:
    """Three learners who look at one centre, and two are told first; this process reads there."""
    with django_db_blocker.unblock(), databases.used_here(site.database):
        for key, value in TWO_FIRST.items():
            SystemConfig.objects.create(key=key, value=value)
        for email in EMAILS:
            search = SavedSearch.objects.create(user=learner(email), notification_method="email")
            search.centers.add(Center.objects.get(name=CENTER))
        yield
        SystemConfig.objects.filter(key__in=TWO_FIRST).delete()


def open_a_slot(site: Site, folder: Path) -> None:
    file = folder / "batch.csv"
    day = timezone.localdate() + timedelta(days=30)
    file.write_text(f"center,test_type,date,time\n{CENTER},practical,{day},{CLOCK}\n")
    site.manage("import_slots", str(file), "--source", "waves", "--create")


def first_told(site: Site) -> list[str]:
    """Whom lots have made the first, once both have their mail."""
    told = UserAlert.objects.filter(opening__slot__center__name=CENTER, state="sent")
    assert wait_until(lambda: told.count() == 2, seconds=180), logs(site.log)
    return list(told.order_by("pk").values_list("user__email", flat=True))


def opening() -> SlotOpening:
    return SlotOpening.objects.select_related("slot").get(slot__center__name=CENTER)


def answers() -> int:
    return opening().alerts.exclude(answer=None).count()


def say_gone(browser: Browser, site: Site, email: str) -> None:
    """From the mail, in a browser that keeps no cookie; looking alone says nothing."""
    context = new_context(browser, "phone")
    page, before = context.new_page(), answers()
    open_mail(page, site, ": practical test slot", to=email)
    follow_link(page, "/alerts/")
    expect(page.get_by_role("heading", name=f"at {CLOCK}")).to_be_visible()
    page.reload()
    assert answers() == before
    context.clear_cookies()
    page.get_by_role("button", name="It’s gone").click()
    expect(page.get_by_text("You told us: “It’s gone”. Thank you.")).to_be_visible()
    assert answers() == before + 1
    keep_picture(page, f"gone-{before + 1}", "phone")
    context.close()


@pytest.mark.usual
@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_two_who_say_from_their_mails_that_it_is_gone_hold_the_next_wave(
    site: Site, told_in_waves: None, browser: Browser, visitor: Page, tmp_path: Path
) -> None:
    open_a_slot(site, tmp_path)
    first, second = first_told(site)
    text = mail_text(visitor, site, ": practical test slot", to=first)
    assert "You are among the first 2 told" in text

    due = opening().next_wave_at
    say_gone(browser, site, first)
    assert (opening().next_wave_at, opening().is_reported_gone) == (due, False)
    say_gone(browser, site, second)
    assert (opening().next_wave_at, opening().is_reported_gone) == (due + HOLD, True)
    assert opening().closed_at is None

    SlotOpening.objects.filter(pk=opening().pk).update(next_wave_at=Now())
    (third,) = set(EMAILS) - {first, second}
    text = mail_text(visitor, site, ": practical test slot", to=third, seconds=180)
    assert "Told to 3 learners so far" in text
