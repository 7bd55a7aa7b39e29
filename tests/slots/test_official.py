"""Each slot that a page shows leads to GOV.UK, by links that say which slot they are of."""

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone

from slots.wording import brief_moment
from tests.alerts.waiting import make_waiting
from tests.people import learner
from tests.slots.places import make_center, make_postcode, open_slot

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a href="(https://www\.gov\.uk/[^"]+)"[^>]*>((?:Book|change)<span[^>]*>[^<]+)')
TAG = re.compile(r"<[^>]+>")
BOOK, CHANGE = "https://www.gov.uk/book-driving-test", "https://www.gov.uk/change-driving-test"


def links_of(client, path: str) -> list[tuple[str, str]]:
    """Where each slot's links lead, and their accessible names."""
    found = LINK.findall(client.get(path).content.decode())
    return [(address, TAG.sub("", name)) for address, name in found]


@pytest.mark.parametrize("path", ["/slots/?postcode=IG3+9UZ", "/centers/{}/"])
def test_a_slot_in_a_list_can_be_booked_or_changed_to_on_gov_uk(client, path):
    make_postcode()
    center = make_center("Goodmayes")
    day = timezone.localdate() + timedelta(days=8)
    open_slot(center, day, "08:10")
    open_slot(center, day, "12:08")
    early, late = (f"{brief_moment(day, at)}, Goodmayes" for at in (time(8, 10), time(12, 8)))
    assert links_of(client, path.format(center.pk)) == [
        (BOOK, f"Book {early}"), (CHANGE, f"change to {early}"),
        (BOOK, f"Book {late}"), (CHANGE, f"change to {late}"),
    ]  # fmt: skip


def test_a_theory_slot_leads_to_the_pages_of_theory_tests(client):
    make_postcode()
    day = timezone.localdate() + timedelta(days=8)
    open_slot(make_center("Goodmayes"), day, "08:10", test_type="theory")
    addresses = [address for address, _ in links_of(client, "/slots/?postcode=IG3+9UZ")]
    assert addresses == [
        "https://www.gov.uk/book-theory-test", "https://www.gov.uk/change-theory-test",
    ]  # fmt: skip


def test_an_alert_in_the_history_leads_to_gov_uk_while_its_slot_is_open(client):
    ada = learner()
    client.force_login(ada)
    slots = [make_waiting(ada).slot for _ in range(2)]
    slots[0].available = False
    slots[0].save()
    name = f"{brief_moment(slots[1].date, slots[1].time)}, {slots[1].center.name}"
    assert links_of(client, "/alerts/") == [(BOOK, f"Book {name}"), (CHANGE, f"change to {name}")]
