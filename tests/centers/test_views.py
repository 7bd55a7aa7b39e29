"""Finding a test centre, and its page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from centers.models import Center, CenterAlias
from slots.models import CoveredWeek, SlotOpening
from slots.querysets import monday_of
from slots.wording import at
from tests.slots.places import make_center, make_postcode, open_slot, watch

pytestmark = pytest.mark.django_db


def text_of(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def in_days(days: int):
    return timezone.localdate() + timedelta(days)


class TestList:
    def test_all_open_centres_stand_under_their_letter(self, client):
        make_center("Barking")
        make_center("Bala")
        make_center("Yeovil")
        make_center("Closed", is_active=False)
        response = client.get("/centers/")
        letters = [
            (letter, [wait.center.name for wait in found])
            for letter, found in response.context["letters"]
        ]
        assert letters == [("B", ["Bala", "Barking"]), ("Y", ["Yeovil"])]

    def test_a_centre_is_found_by_its_name_its_town_or_an_alias(self, client):
        centre = make_center("Goodmayes", town="Ilford")
        CenterAlias.objects.create(center=centre, alias="London East", folded="london east")
        make_center("Other")
        for asked in ("goodm", "ILFORD", "london+east"):
            text = text_of(client, f"/centers/?q={asked}")
            assert "Goodmayes" in text
            assert "Other</a>" not in text

    def test_a_name_that_nobody_has_gets_a_way_out(self, client):
        assert "No test centre is called that" in text_of(client, "/centers/?q=zzz")

    def test_a_postcode_lists_the_nearest_first_with_miles_and_open_slots(self, client):
        make_postcode()
        far, near = make_center("Far", north=0.5), make_center("Near", north=0.1)
        open_slot(near, in_days(3))
        response = client.get("/centers/?q=ig3+9uz")
        found = [(n.center, round(n.miles), n.open) for n in response.context["near"]]
        assert found == [(near, 7, 1), (far, 35, 0)]

    def test_a_radius_leaves_out_what_lies_beyond(self, client):
        make_postcode()
        make_center("Far", north=0.5)
        near = make_center("Near", north=0.1)
        response = client.get("/centers/?q=IG3+9UZ&radius=10")
        assert [n.center for n in response.context["near"]] == [near]

    def test_a_position_works_like_a_postcode(self, client):
        near = make_center("Near")
        response = client.get("/centers/?near=51.56,0.1&radius=10")
        assert [n.center for n in response.context["near"]] == [near]

    @pytest.mark.parametrize(
        "query",
        ["q=BT1+1AA", "q=ZZ1+1ZZ", "q=" + "x" * 10_000, "near=1,2", "radius=-1&q=a"],
    )
    def test_what_is_wrong_is_said(self, client, query):
        assert "There is a problem" in text_of(client, f"/centers/?{query}")

    def test_queries_stay_the_same_with_more_centres(self, client):
        make_postcode()
        for path in ("/centers/", "/centers/?q=IG3+9UZ", "/centers/?q=C"):
            counts = []
            for number in range(3):
                centre = make_center(f"C{path[-3:]}{number}")
                open_slot(centre, in_days(1))
                with CaptureQueriesContext(connection) as queries:
                    client.get(path)
                counts.append(len(queries))
            assert len(set(counts)) == 1


class TestCentre:
    def test_it_shows_the_address_and_the_open_slots(self, client):
        centre = make_center("Goodmayes", address="98 Goodmayes Road", town="Ilford")
        open_slot(centre, in_days(3), "10:14")
        text = text_of(client, f"/centers/{centre.pk}/")
        assert "98 Goodmayes Road<br>Ilford<br>IG3 9UZ" in text
        assert "10:14" in text
        assert f"/searches/new/?radius=25&amp;center={centre.pk}" in text

    def test_a_closed_centre_says_so_and_offers_nothing(self, client):
        centre = make_center("Gone", is_active=False)
        open_slot(centre, in_days(3), "10:14")
        text = text_of(client, f"/centers/{centre.pk}/")
        assert "This centre has closed" in text
        assert "10:14" not in text
        assert "Alert me" not in text

    def test_an_unknown_centre_is_not_found(self, client):
        assert client.get("/centers/999999/").status_code == 404
        assert client.get("/centers/99999999999999999999/").status_code == 404

    def test_a_centre_without_a_position_has_no_map(self, client):
        centre = Center.objects.create(name="Nowhere", postcode="IG3 9UZ")
        assert "data-map" not in text_of(client, f"/centers/{centre.pk}/")

    def test_the_pictures_say_from_how_many_openings_and_since_when(self, client):
        centre = make_center("Goodmayes")
        for days_ago in (1, 2, 200):
            opened = timezone.now() - timedelta(days_ago)
            open_slot(centre, in_days(days_ago), opened_at=opened)
        watch(centre, opened)
        text = text_of(client, f"/centers/{centre.pk}/")
        assert "From <strong>2 openings</strong>" in text
        assert text.count('<svg class="chart"') == 3
        assert text.count('role="img"') == 3

    def test_openings_that_nobody_saw_open_are_not_counted(self, client):
        centre = make_center("Goodmayes")
        watch(centre, timezone.now() - timedelta(hours=1))
        open_slot(centre, in_days(3), opened_at=timezone.now())
        SlotOpening.objects.update(quiet="baseline")
        assert "hasn't seen a slot open here" in text_of(client, f"/centers/{centre.pk}/")

    def test_a_centre_that_nobody_watched_is_not_said_to_have_had_no_opening(self, client):
        centre = make_center("Goodmayes")
        text = text_of(client, f"/centers/{centre.pk}/")
        assert "hasn't seen a slot open here" not in text
        assert "hasn't watched this centre" in text

    def test_on_the_first_day_it_speaks_of_that_day_alone(self, client):
        centre, now = make_center("Goodmayes"), timezone.now()
        watch(centre, now - timedelta(seconds=1))
        today = date_format(timezone.localdate(now - timedelta(seconds=1)), "j F Y")
        text = text_of(client, f"/centers/{centre.pk}/")
        assert f"hasn't seen a slot open here in the time that it watched, from {today} on" in text

    def test_a_week_that_nobody_watched_is_told_from_one_without_openings(self, client):
        centre, now = make_center("Goodmayes"), timezone.now()
        watch(centre, now - timedelta(weeks=3))
        CoveredWeek.objects.filter(monday=monday_of(now - timedelta(weeks=2))).delete()
        open_slot(centre, in_days(3), opened_at=now)
        text = text_of(client, f"/centers/{centre.pk}/")
        assert text.count('<td class="number">not watched</td>') == 1
        assert "In 1 of the weeks since then nobody watched" in text

    def test_its_map_and_its_list_of_centres_say_as_many_open_slots_as_there_are(self, client):
        make_postcode()
        centre = make_center("Goodmayes")
        for number in range(40):
            open_slot(centre, in_days(1 + number), "10:14")
        response = client.get(f"/centers/{centre.pk}/")
        assert response.context["map"]["centers"][0]["open"] == 40
        assert "Open now: 40 slots" in response.content.decode()
        assert "40 open" in text_of(client, "/centers/?q=IG3+9UZ")
        results = client.get("/slots/map/?postcode=IG3+9UZ").json()
        assert [each["open"] for each in results["centers"]] == [40]

    @pytest.mark.parametrize("quiet", ["baseline", "returned"])
    def test_a_slot_that_nobody_saw_open_is_neither_new_nor_opened(self, client, quiet):
        centre, seen = make_center("Goodmayes"), timezone.now() - timedelta(minutes=2)
        open_slot(centre, in_days(3), opened_at=seen)
        SlotOpening.objects.update(quiet=quiet)
        text = text_of(client, f"/centers/{centre.pk}/")
        assert f"Practical, open when first seen at {at(seen)}." in text
        assert "New</span>" not in text
        assert ", opened " not in text

    def test_a_slot_that_was_seen_to_open_before_a_restore_has_opened(self, client):
        centre, seen = make_center("Goodmayes"), timezone.now() - timedelta(minutes=2)
        open_slot(centre, in_days(3), opened_at=seen)
        SlotOpening.objects.update(quiet="restored")
        text = text_of(client, f"/centers/{centre.pk}/")
        assert "Practical, opened 2 minutes ago." in text
        assert "New</span>" in text

    def test_queries_stay_the_same_with_more_slots(self, client):
        centre = make_center("Goodmayes")
        counts = []
        for day in range(1, 4):
            open_slot(centre, in_days(day), opened_at=timezone.now())
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/centers/{centre.pk}/")
            counts.append(len(queries))
        assert len(set(counts)) == 1


class TestCoastline:
    def test_it_is_bundled_and_may_be_cached(self, client):
        response = client.get("/centers/coastline.geojson")
        assert response.json()["type"] == "FeatureCollection"
        assert "max-age=86400" in response.headers["Cache-Control"]
