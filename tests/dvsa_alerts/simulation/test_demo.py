"""`seed_demo` fills an installation with people, searches and past openings, once."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import SavedSearch, User
from centers.models import Center, PostcodeArea
from dvsa_alerts.simulation.demo import PEOPLE, SOURCE, play_past, seed_people
from dvsa_alerts.simulation.feed import NotSimulatedError
from slots.models import Slot, SlotOpening, Source


@pytest.fixture
def places(db):
    Center.objects.create(name="Goodmayes", postcode="IG3 9UZ", latitude="51.56", longitude="0.11")
    for area, latitude, longitude in (("IG3", 51.56, 0.11), ("LS2", 53.81, -1.55)):
        PostcodeArea.objects.create(
            kind="outcode", area=area, latitude=latitude, longitude=longitude
        )


def seed(*words):
    out = StringIO()
    call_command("seed_demo", "--days", "0", "--json", *words, stdout=out)
    return json.loads(out.getvalue())


def test_it_makes_one_person_of_each_role_who_may_sign_in(places, settings):
    settings.DEBUG = True
    said = seed()
    assert said["people"] == list(PEOPLE)
    assert dict(User.objects.values_list("email", "role__role_name")) == PEOPLE
    form = {"login": "learner@example.org", "password": said["password"]}
    assert Client().post("/accounts/login/", form).status_code == 302


def test_it_saves_searches_for_the_learner(places, settings):
    settings.DEBUG = True
    assert seed()["searches"] == 2
    learner = User.objects.get(email="learner@example.org")
    postcodes = SavedSearch.objects.of(learner).values_list("postcode", flat=True)
    assert set(postcodes) == {"IG3 9UZ", "LS2 9JT"}


def test_seeded_again_it_changes_nothing_and_shows_no_password(places, settings):
    settings.DEBUG = True
    seed()
    before = dict(User.objects.values_list("email", "password"))
    assert seed() == {"people": [], "searches": 0, "opened": 0}
    assert dict(User.objects.values_list("email", "password")) == before


def test_the_past_is_observed_at_the_times_it_played_in(places):
    now = timezone.now()
    played = list(play_past(since=now - timedelta(hours=3), now=now, seed=1))
    opened_in = {each.observed_at for each in played if each.opened}
    moments = set(SlotOpening.objects.values_list("opened_at", flat=True))
    assert played[0].observed_at in moments
    # Not each: a round may open nothing but what closed within the quiet time and goes on.
    assert moments <= opened_in


def test_slots_of_the_demo_are_labelled_as_simulated(places):
    now = timezone.now()
    list(play_past(since=now - timedelta(minutes=30), now=now, seed=1))
    assert set(Slot.objects.values_list("source__name", "source__is_simulated")) == {(SOURCE, True)}


def test_a_real_source_of_that_name_is_left_alone(places):
    Source.objects.create(name=SOURCE)
    with pytest.raises(NotSimulatedError):
        list(play_past(since=timezone.now(), now=timezone.now(), seed=1))


def test_a_live_site_refuses_it_unless_forced(places, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="no place on a live site"):
        seed()
    assert not User.objects.exists()
    assert seed("--force")["people"]


def test_someone_who_is_there_already_keeps_the_password(places):
    User.objects.create_user("learner@example.org", "an-own-password")
    made = seed_people(password="another")
    assert "learner@example.org" not in [user.email for user in made]
    assert User.objects.get(email="learner@example.org").check_password("an-own-password")
