"""The pages on which anybody finds slots."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import SystemConfig
from slots.models import Slot, Source
from slots.wording import day_of_month
from tests.slots.places import make_center, make_postcode, open_slot, watch

pytestmark = pytest.mark.django_db
SEARCH = "/slots/?postcode=IG3+9UZ"


@pytest.fixture(autouse=True)
def place(db):
    make_postcode()


@pytest.fixture
def feed() -> Source:
    return Source.objects.create(name="north-feed", heard_at=timezone.now())


def in_days(days: int):
    return timezone.localdate() + timedelta(days)


def page(client: Client, path: str = SEARCH, status: int = 200, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


class TestHome:
    def test_it_asks_for_a_postcode_and_links_nothing_of_another_host(self, client):
        text = page(client, "/")
        assert 'name="postcode"' in text
        assert 'src="http' not in text

    def test_it_says_that_the_service_is_not_dvsa(self, client):
        assert "is not part of DVSA or GOV.UK" in page(client, "/")


class TestResults:
    def test_a_slot_is_shown_with_centre_miles_age_source_and_last_seen(self, client, feed):
        centre = make_center("Goodmayes", north=0.1)
        opened = timezone.now() - timedelta(hours=3, minutes=5)
        open_slot(centre, in_days(8), "08:10", source=feed, opened_at=opened)
        text = page(client)
        assert "08:10" in text
        assert f'<a href="/centers/{centre.pk}/">Goodmayes</a>' in text
        assert "6.9 miles" in text
        assert "Practical, opened 3 hours ago." in text
        assert "Seen 3 hours ago. Source: north-feed." in text
        assert "in 8 days" in text

    def test_without_parameters_it_starts_at_the_front_page(self, client):
        assert client.get("/slots/").headers["Location"] == "/"

    def test_a_silent_source_is_named_as_such(self, client):
        silent = Source.objects.create(name="old", heard_at=timezone.now() - timedelta(hours=2))
        open_slot(make_center("Near"), in_days(2), source=silent, opened_at=timezone.now())
        assert "May be gone" in page(client)

    def test_the_next_page_goes_on_where_the_first_one_ends(self, client):
        centre = make_center("Near")
        for day in range(1, 31):
            open_slot(centre, in_days(day))
        first = client.get(SEARCH)
        second = client.get(f"/slots/?{first.context['next'].query}")
        shown = [day.date for r in (first, second) for day in r.context["days"] for _ in day.slots]
        assert shown == [in_days(day) for day in range(1, 31)]
        assert second.context["next"] is None

    def test_it_says_how_many_there_are_and_which_of_more(self, client):
        centre = make_center("Near")
        open_slot(centre, in_days(3), "08:10")
        assert "<strong>1 slot.</strong>" in page(client)
        for day in range(4, 30):
            open_slot(centre, in_days(day), "08:10")
        rest = client.get(SEARCH).context["next"]
        assert "<strong>The soonest 25 slots.</strong>" in page(client)
        assert "<strong>The nearest 25 slots.</strong>" in page(client, f"{SEARCH}&order=nearest")
        assert "<strong>2 more slots.</strong>" in page(client, f"/slots/?{rest.query}")

    def test_the_offer_carries_the_whole_search_to_the_saved_search(self, client):
        open_slot(make_center("Near"), in_days(2))
        text = page(
            client, f"{SEARCH}&radius=10&weekday=1&weekday=2&weekday={in_days(2).isoweekday()}"
        )
        link = text.split('href="/searches/new/?')[1].split('"')[0].replace("&amp;", "&")
        assert parse_qs(link)["postcode"] == ["IG3 9UZ"]
        assert parse_qs(link)["radius"] == ["10"]
        assert {"1", "2"} <= set(parse_qs(link)["weekday"])

    def test_names_from_a_source_are_escaped(self, client):
        nasty = Source.objects.create(name="<script>x</script>", heard_at=timezone.now())
        open_slot(make_center("<b>Near"), in_days(2), source=nasty, opened_at=timezone.now())
        text = page(client)
        assert "<script>x" not in text
        assert "&lt;b&gt;Near" in text

    def test_queries_stay_the_same_with_more_slots_and_centres(self, client, feed):
        counts = []
        for number in range(1, 9):
            centre = make_center(f"C{number}", north=number / 100)
            for day in range(1, 5):
                open_slot(centre, in_days(day), source=feed, opened_at=timezone.now())
            with CaptureQueriesContext(connection) as queries:
                page(client)
            # All but the settings, which whatever page comes after 2 s reads again.
            counts.append(len([each for each in queries if "systemconfig" not in str(each["sql"])]))
        assert set(counts[1:]) == {counts[1]}
        assert counts[1] <= 6

    def test_the_form_holds_the_search_again_and_differs_between_searches(self, client):
        open_slot(make_center("Near"), in_days(2))
        first = page(client, f"{SEARCH}&radius=10&weekday=1&time_from=08:10&test_type=practical")
        assert 'name="radius" value="10"' in first
        assert 'name="time_from" value="08:10"' in first
        assert 'name="weekday" value="1" id="id_weekday_0" checked' in first
        second = page(client, f"{SEARCH}&radius=15")
        assert 'name="radius" value="15"' in second
        assert "checked" not in second


class TestNothingFound:
    def test_it_names_the_nearest_slot_beyond_the_radius(self, client):
        far = make_center("Faraway", north=1)
        open_slot(far, in_days(5), "10:14")
        text = page(client)
        assert "No slot that fits this search is open right now" in text
        assert f'<a href="/centers/{far.pk}/">Faraway</a>, 69.' in text
        assert "10:14" in text

    def test_it_leads_to_the_radius_that_reaches_the_nearest(self, client):
        open_slot(make_center("Faraway", north=1), in_days(5), "10:14")
        link = page(client).split("See all within 70 miles")[0].rpartition('href="')[2]
        assert "Faraway" in page(client, link.partition('"')[0].replace("&amp;", "&"))

    def test_it_says_how_many_slots_opened_here_lately(self, client, feed):
        centre = make_center("Near")
        for days_ago in (1, 27, 29):
            opened = timezone.now() - timedelta(days_ago)
            open_slot(centre, in_days(days_ago + 3), source=feed, opened_at=opened)
        watch(centre, opened)
        Slot.objects.update(available=False)
        assert "<strong>2 slots</strong> opened within 25 miles of IG3 9UZ" in page(client)

    def test_what_nobody_saw_open_is_not_counted(self, client, feed):
        centre, now = make_center("Near"), timezone.now()
        watch(centre, now - timedelta(weeks=5))
        for day, quiet in enumerate(["baseline", "returned", "restored", None], start=1):
            slot = open_slot(centre, in_days(day), source=feed, opened_at=now)
            slot.openings.update(quiet=quiet)
        Slot.objects.update(available=False)
        assert "In the last 28 days <strong>2 slots</strong> opened within" in page(client)

    def test_it_speaks_of_no_time_in_which_nobody_watched(self, client):
        centre, since = make_center("Near"), timezone.now() - timedelta(days=3)
        assert "so we can’t say how often slots open there" in page(client, f"{SEARCH}&weekday=1")
        watch(centre, since)
        told = day_of_month(timezone.localtime(since))
        assert f"Since {told}, when we began to watch, no slot opened" in page(client)

    def test_it_offers_to_drop_the_windows(self, client):
        assert "Search all dates, days and times" in page(client, f"{SEARCH}&weekday=7")
        assert "Search all dates, days and times" not in page(client)

    def test_it_offers_the_alert(self, client):
        assert "/searches/new/?postcode=IG3+9UZ" in page(client)


class TestWrongInput:
    @pytest.mark.parametrize(
        "query",
        [
            "postcode=BT1+1AA",
            "postcode=IG3+9UZ&radius=10000",
            "postcode=IG3+9UZ&radius=x",
            "postcode=IG3+9UZ&date_to=2020-01-01",
            "postcode=IG3+9UZ&cursor=forged",
            "postcode=%F0%9F%9A%97%E2%80%AE",
            "postcode=" + "x" * 10_000,
            "nothing=known",
        ],
    )
    def test_the_page_says_what_is_wrong_and_lists_nothing(self, client, query):
        text = page(client, f"/slots/?{query}")
        assert "There is a problem" in text
        assert "<title>Error" in text
        assert "data-map-url" not in text

    def test_the_summary_links_to_the_field_and_the_field_names_its_error(self, client):
        text = page(client, f"{SEARCH}&radius=0")
        assert '<a href="#id_radius">Enter a whole number of miles' in text
        assert 'aria-describedby="id_radius_error"' in text

    def test_only_reading_is_allowed(self, client):
        assert client.post("/slots/").status_code == 405


class TestHtmx:
    def test_htmx_gets_the_part_alone_with_a_clean_address(self, client):
        open_slot(make_center("Near"), in_days(2))
        response = client.get(f"{SEARCH}&near=&date_from=", headers={"HX-Request": "true"})
        assert "<header" not in response.content.decode()
        assert response.headers["HX-Push-Url"] == "?postcode=IG3+9UZ&radius=25"

    def test_going_back_gets_the_whole_page(self, client):
        headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        assert "<header" in page(client, SEARCH, **headers)


class TestMap:
    def test_it_counts_the_slots_that_the_search_finds_at_each_centre(self, client):
        near, other = make_center("Near"), make_center("Other", north=0.05)
        open_slot(near, in_days(2), "09:00")
        open_slot(near, in_days(2), "15:00")
        make_center("Far", north=2)
        found = client.get("/slots/map/?postcode=IG3+9UZ&time_from=12:00")
        centers = {center["id"]: center["open"] for center in found.json()["centers"]}
        assert centers == {near.pk: 1, other.pk: 0}
        assert found.json()["metres"] == pytest.approx(25 * 1609.344)

    def test_a_wrong_search_is_refused(self, client):
        assert client.get("/slots/map/?postcode=BT1+1AA").status_code == 400


class TestBanners:
    def test_when_all_sources_are_silent_openings_may_be_missing(self, client, feed):
        assert "Openings may be missing" not in page(client, "/")
        Source.objects.update(heard_at=timezone.now() - timedelta(hours=2))
        assert "Openings may be missing" in page(client, "/")

    def test_staff_are_no_source_that_keeps_the_banner_away(self, client):
        Source.objects.create(name=Source.STAFF, heard_at=timezone.now())
        assert "Openings may be missing" in page(client, "/")

    def test_a_simulated_source_is_labelled_on_every_page(self, client):
        assert "Simulated data" not in page(client, "/privacy/")
        Source.objects.create(name="simulated", is_simulated=True, heard_at=timezone.now())
        for path in ("/", "/privacy/", "/centers/", SEARCH):
            assert "Simulated data" in page(client, path)


class TestRateLimit:
    def test_an_address_that_searches_too_often_is_told_when_to_come_back(self, client):
        SystemConfig.objects.create(key="slots.searches_per_minute", value="2")
        cache.clear()
        page(client)
        page(client)
        response = client.get(SEARCH)
        assert response.status_code == 429
        assert 0 < int(response.headers["Retry-After"]) <= 60
        assert "Too many requests" in response.content.decode()
        assert client.get("/").status_code == 200
