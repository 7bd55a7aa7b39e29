"""A town in the place of a postcode: on the page, in the API and in a saved search."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from accounts.models import SavedSearch
from slots.searching.forms import SlotSearchForm
from tests.people import learner
from tests.slots.places import make_center, make_postcode, open_slot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def country(db):
    make_postcode()
    soon = timezone.localdate() + timedelta(10)
    for name, north in (("Leeds (Harehills)", 2), ("Leeds (Horsforth)", 2.1), ("Goodmayes", 0)):
        open_slot(make_center(name, north=north, town=name.partition(" ")[0]), soon)
    open_slot(make_center("Newport (Gwent)", north=0.1, east=-3, town="Newport"), soon)
    open_slot(make_center("Newport (Wight)", north=-0.9, east=-1.4, town="Newport"), soon)


def page(client, **parameters) -> str:
    response = client.get(f"/slots/?{urlencode(parameters, doseq=True)}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("typed", ["Leeds", "leeds ", "LEE\u00adDS"])
def test_a_town_finds_the_slots_at_its_centres(client, typed):
    text = page(client, postcode=typed, radius=25)
    assert "Open slots in Leeds" in text
    assert "Leeds (Harehills)</a>" in text
    assert "Leeds (Horsforth)</a>" in text
    assert "Goodmayes</a>" not in text


def test_a_town_of_one_centre_is_called_by_it(client):
    assert "Open slots at Goodmayes" in page(client, postcode="goodmayes")


def test_the_search_stays_a_link_that_names_the_town():
    form = SlotSearchForm({"postcode": "leeds", "weekday": ["1"]})
    assert form.is_valid()
    assert form.search.query == "postcode=Leeds&radius=25&weekday=1"
    again = SlotSearchForm({"postcode": "Leeds", "radius": "25", "weekday": ["1"]})
    assert again.is_valid()
    assert again.search == form.search


def test_one_of_several_towns_of_a_name_is_chosen_by_a_link_to_the_same_search(client):
    text = page(client, postcode="Newport", radius=10, test_type="practical")
    assert "more than one “Newport”" in text
    form = SlotSearchForm({"postcode": "Newport"})
    form.is_valid()
    assert len(form.towns_offered) == 2
    response = client.get("/slots/", {"postcode": "Newport", "test_type": "practical"})
    _, query = response.context["form"].towns_offered[0]
    assert f'href="/slots/?{query.replace("&", "&amp;")}"' in response.content.decode()
    chosen = client.get(f"/slots/?{query}").content.decode()
    assert "test_type=practical" in query
    assert "Newport (Gwent)</a>" in chosen
    assert "Newport (Wight)</a>" not in chosen


def test_a_misspelt_town_is_suggested(client):
    text = page(client, postcode="Leedes")
    assert "Did you mean Leeds?" in text
    assert ">Leeds</a>" in text


def test_a_place_that_is_nowhere_says_what_to_type(client):
    text = page(client, postcode="Atlantis")
    assert "“Atlantis” is neither a postcode nor a town" in text
    assert "Choose a place" not in text


@pytest.mark.parametrize("typed", ["90210", "IG3 9UZ9", "51.5, -0.1", "???"])
def test_what_has_digits_or_no_letters_is_taken_for_a_postcode(client, typed):
    assert "is not a postcode" in page(client, postcode=typed)


def test_the_map_and_the_api_read_the_same(client):
    found = client.get("/api/v1/slots/", {"postcode": "Leeds"}).json()["results"]
    assert {slot["center"]["name"] for slot in found} == {"Leeds (Harehills)", "Leeds (Horsforth)"}
    assert client.get("/api/v1/slots/", {"postcode": "Newport"}).status_code == 400
    centers = client.get("/slots/map/", {"postcode": "Leeds"}).json()["centers"]
    assert len(centers) == 2


def test_a_saved_search_of_a_town_keeps_its_centres(client):
    client.force_login(learner())
    client.post("/searches/new/", {"postcode": "Leeds", "radius": "25", "method": "email"})
    search = SavedSearch.objects.get()
    assert sorted(center.name for center in search.centers.all()) == [
        "Leeds (Harehills)", "Leeds (Horsforth)",
    ]  # fmt: skip
    assert search.postcode is None


def test_a_town_beside_chosen_centres_adds_its_own(client):
    goodmayes = make_center("Chigwell", north=0.05)
    form = SlotSearchForm({"postcode": "Leeds", "center": [str(goodmayes.pk)]})
    assert form.is_valid()
    assert len(form.search.centers) == 3
    assert form.search.town == ""
