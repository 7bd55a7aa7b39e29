"""“Not for me”: each way offered leaves out the slot, and is looked over before it is saved."""

import html
import re
from datetime import time, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from alerts.matching.counting import openings_fitting
from alerts.searches.form import SavedSearchForm
from alerts.searches.narrowing import narrowings, query_of
from centers.models import PostcodeArea
from tests.alerts.waiting import make_waiting
from tests.alerts.world import GOODMAYES, make_center, make_search
from tests.people import learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    PostcodeArea.objects.create(
        kind="outcode", area="IG3", latitude=GOODMAYES[0], longitude=GOODMAYES[1]
    )
    return learner()


@pytest.fixture
def alert(ada):
    search = make_search(ada, postcode="IG3", notification_radius=10, name="Home")
    center = make_center(latitude=GOODMAYES[0] + 0.06)
    return make_waiting(ada, search=search, center=center, miles=4.147, at=time(9, 30))


def fitting(query: str) -> int:
    form = SavedSearchForm(QueryDict(query))
    assert form.is_valid(), form.errors
    since = timezone.now() - timedelta(days=1)
    return openings_fitting(form.wish, since=since, centers=form.chosen_centers)


def test_each_way_leaves_the_slot_out(alert):
    assert fitting(query_of(alert.preference)) == 1
    ways = narrowings(alert, today=timezone.localdate())
    assert [fitting(way.query) for way in ways] == [0] * 7
    labels = [way.label for way in ways]
    assert "Only within 4 miles" in labels
    assert "Nothing at 09:30 or later" in labels


def test_the_rest_of_the_search_stays(alert):
    ways = narrowings(alert, today=timezone.localdate())
    assert all("name=Home" in way.query and "postcode=IG3" in way.query for way in ways)


def test_one_press_shows_the_narrower_search_and_another_saves_it(client, ada, alert):
    client.force_login(ada)
    page = client.get(f"/alerts/{alert.pk}/not-for-me/").content.decode()
    found = re.search(r'href="([^"]+)">Only within 4 miles', page)
    assert found
    address = html.unescape(found[1])
    assert "within 4 miles of IG3" in client.get(address).content.decode()
    client.post(address.split("?")[0], address.split("?")[1], content_type=FORM)
    alert.preference.refresh_from_db()
    assert (alert.preference.notification_radius, alert.preference.name) == (4, "Home")


FORM = "application/x-www-form-urlencoded"


def test_an_alert_of_a_deleted_search_offers_nothing(client, ada, alert):
    client.force_login(ada)
    alert.preference.delete()
    page = client.get(f"/alerts/{alert.pk}/not-for-me/").content.decode()
    assert "nothing to change" in page


def test_a_stranger_finds_nothing(client, alert):
    client.force_login(learner("eve@example.org"))
    assert client.get(f"/alerts/{alert.pk}/not-for-me/").status_code == 404


def test_nobody_is_asked_to_sign_in(client, alert):
    response = client.get(f"/alerts/{alert.pk}/not-for-me/")
    assert response.url.startswith("/accounts/login/")
