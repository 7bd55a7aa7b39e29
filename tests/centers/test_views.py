"""Finding a test centre, and its page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from centers.models import Center, CenterAlias
from slots.models import SlotOpening
from tests.slots.places import make_center, make_postcode, open_slot

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
            (letter, [c.name for c in found]) for letter, found in response.context["letters"]
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
        ["q=BT1+1AA", "q=ZZ1+1ZZ", "q=" + "x" * 10_000, "near=1,2", "radius=-1&q=a", "q=%00"],
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
        text = text_of(client, f"/centers/{centre.pk}/")
        assert "From <strong>2 openings</strong>" in text
        assert text.count("<svg") == 3
        assert text.count('role="img"') == 3

    def test_openings_that_nobody_saw_open_are_not_counted(self, client):
        centre = make_center("Goodmayes")
        open_slot(centre, in_days(3), opened_at=timezone.now())
        SlotOpening.objects.update(quiet="baseline")
        assert "hasn't seen a slot open here" in text_of(client, f"/centers/{centre.pk}/")

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
