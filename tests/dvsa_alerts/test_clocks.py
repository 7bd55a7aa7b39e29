"""Pages go by the database's clock, whatever the clock of the web process says."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from alerts.searches.passed import end_passed_searches
from slots.models import Slot, Source
from slots.querysets import LONDON
from tests.alerts.world import make_search
from tests.database_clock import database_at
from tests.people import learner
from tests.slots.places import make_center, make_postcode, open_slot

pytestmark = pytest.mark.django_db

OFF = [timedelta(minutes=-10), timedelta(minutes=10), timedelta(days=-2), timedelta(days=2)]
# Noon, so that ten minutes either way are the same day.
NOON = datetime.combine(timezone.localdate() + timedelta(days=3), time(12), LONDON)
PATHS = [
    "/slots/?postcode=IG3+9UZ",
    "/api/v1/slots/?postcode=IG3+9UZ",
    "/slots/map/?postcode=IG3+9UZ",
]


@pytest.fixture
def slots() -> dict[str, Slot]:
    """One that began five minutes ago, and one that begins in five."""
    make_postcode()
    feed = Source.objects.create(name="north-feed", heard_at=NOON)
    center, opened = make_center("Goodmayes"), NOON - timedelta(minutes=3)
    begun = open_slot(center, NOON.date(), "11:55", source=feed, opened_at=opened)
    coming = open_slot(center, NOON.date(), "12:05", source=feed, opened_at=opened)
    return {"begun": begun, "coming": coming}


@pytest.fixture(params=OFF, ids=str)
def web_clock(request):
    """The web process's clock, off by so much while the database's stands at noon."""
    with time_machine.travel(NOON + request.param), database_at(NOON):
        yield


@pytest.mark.parametrize("path", [*PATHS, "/centers/{}/"])
def test_a_wrong_web_clock_shows_the_same_as_a_right_one(client, slots, path):
    path = path.format(slots["coming"].center_id)
    seen = []
    for off in (timedelta(), *OFF):
        with time_machine.travel(NOON + off), database_at(NOON):
            seen.append(client.get(path).content)
    assert set(seen) == {seen[0]}


def test_a_list_holds_what_is_to_come_by_the_databases_clock(client, slots, web_clock):
    page = client.get("/slots/?postcode=IG3+9UZ").content.decode()
    assert "12:05" in page
    assert "11:55" not in page
    assert "opened 3 minutes ago" in page
    assert "May be gone" not in page
    assert "Openings may be missing" not in page


def test_a_last_day_of_today_is_no_past_day(client, slots, web_clock):
    page = client.get(f"/slots/?postcode=IG3+9UZ&date_to={NOON.date()}").content.decode()
    assert "The last day has passed" not in page
    assert "12:05" in page


def test_a_pause_until_tomorrow_is_a_pause(client, slots, web_clock):
    ada = learner()
    search = make_search(ada)
    client.force_login(ada)
    tomorrow = NOON.date() + timedelta(days=1)
    answer = client.post(f"/searches/{search.pk}/pause/", {"until": tomorrow.isoformat()})
    assert answer.status_code == 302
    assert "Paused" in client.get("/searches/").content.decode()


def test_no_search_ends_before_its_last_day_is_over(web_clock):
    search = make_search(learner(), date_to=NOON.date())
    assert end_passed_searches() == 0
    search.refresh_from_db()
    assert search.is_active
