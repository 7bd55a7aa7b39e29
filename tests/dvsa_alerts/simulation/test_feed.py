"""The simulated source opens and closes slots, always one near the newest saved search."""

import json
import os
import signal
import subprocess
import sys
from datetime import date, time, timedelta
from io import StringIO

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import SavedSearch, User
from centers.models import Center
from centers.querysets import point
from dvsa_alerts.simulation import feed
from dvsa_alerts.simulation.feed import Simulation, simulated_source
from slots.models import FeedBatch, Slot, SlotOpening, Source
from slots.sources import add_source

# Two within 10 miles of Ilford, one 14 miles off, one far away.
CENTERS = [("Goodmayes", 51.56, 0.11), ("Wanstead", 51.58, 0.03), ("Brentwood", 51.62, 0.42),
           ("Aberdeen", 57.18, -2.09)]  # fmt: skip
ILFORD = {"latitude": 51.55, "longitude": 0.09}
# A centre's id decides how busy it is: these are the same in each run.
FIRST_ID = 1_000_001


def make_centers():
    for number, (name, latitude, longitude) in enumerate(CENTERS, FIRST_ID):
        Center.objects.create(
            id=number, name=name, postcode="IG3 9UZ",
            latitude=str(latitude), longitude=str(longitude),
        )  # fmt: skip


@pytest.fixture
def centers(db):
    make_centers()


@pytest.fixture
def run(centers):
    return Simulation(simulated_source(), seed=1)


def play(run, rounds=1):
    """Rounds as of now, each later than the one before."""
    return [run.play_round(timezone.now())[0] for _ in range(rounds)]


def search(place=ILFORD, **fields):
    user = User.objects.create_user(f"{SavedSearch.objects.count()}@example.org", "x")
    location = point(**place)
    wanted = {"location": location, "notification_radius": 25, "notification_method": "email"}
    return SavedSearch.objects.create(user=user, **(wanted | fields))


def told_of():
    """The openings of which people are told."""
    return SlotOpening.objects.filter(quiet=None).select_related("slot__center")


def test_the_source_says_that_it_is_simulated(run):
    assert run.source.is_simulated
    assert run.source.name == "simulated"


def test_a_real_source_of_that_name_is_left_alone(centers):
    add_source(name="simulated", actor=None)
    with pytest.raises(feed.NotSimulatedError):
        simulated_source()


def test_the_first_round_covers_every_centre_and_tells_nobody(run):
    (outcome,) = play(run)
    assert outcome.status == "baseline"
    assert set(FeedBatch.objects.get().covers["centers"]) == {name for name, _, _ in CENTERS}
    assert Slot.objects.filter(available=True).count() >= len(CENTERS)
    assert not told_of().exists()


def test_later_rounds_open_and_close(run):
    outcomes = play(run, 30)[1:]
    assert {outcome.status for outcome in outcomes} == {"applied"}
    # Not in each round: a slot that is back within the quiet time is the same opening.
    assert sum(outcome.opened for outcome in outcomes) > 0
    assert sum(outcome.closed for outcome in outcomes) > 0
    assert told_of().exists()


def test_the_number_of_open_slots_stays_about_seven_for_each_centre(run):
    play(run, 60)
    assert 3 * len(CENTERS) <= Slot.objects.filter(available=True).count() <= 14 * len(CENTERS)


def test_every_slot_is_in_the_future_and_practical(run):
    play(run, 20)
    assert not Slot.objects.filter(date__lte=timezone.localdate()).exists()
    assert set(Slot.objects.values_list("test_type", flat=True)) == {"practical"}


def test_each_round_opens_one_within_ten_miles_of_the_newest_search(run):
    search(place={"latitude": 57.18, "longitude": -2.09})
    newest = search()
    play(run)
    for _ in range(10):
        before = set(told_of().values_list("pk", flat=True))
        play(run)
        near = Center.objects.within_miles(newest.location, 10)
        opened = told_of().exclude(pk__in=before).filter(slot__center__in=near)
        assert opened.exists()


def test_it_is_a_slot_that_was_never_open_before(run):
    search(date_from=timezone.localdate() + timedelta(days=20))
    play(run, 15)
    wished = told_of().filter(slot__date__gte=timezone.localdate() + timedelta(days=20))
    first = [opening for opening in wished if opening.episode == 1]
    assert len(first) >= 14


def wishes(run, rounds=15):
    """What the newest search alone makes the rounds open."""
    keys = [feed.wished_slot(run_rng(number), set(), timezone.now())
            for number in range(rounds)]  # fmt: skip
    return [key for key in keys if key]


def run_rng(number):
    return feed.Random(number)


def test_a_search_for_theory_alone_is_passed_over(run):
    search(preferred_test_types=["theory"])
    assert wishes(run) == []


@pytest.mark.parametrize("types", [None, [], ["practical"], ["theory", "practical"]])
def test_a_search_for_practical_tests_among_others_is_served(run, types):
    search(preferred_test_types=types)
    assert len(wishes(run)) == 15


def test_what_is_opened_lies_in_the_searchs_windows(run):
    today = timezone.localdate()
    search(
        date_from=today + timedelta(days=7), current_test_date=today + timedelta(days=40),
        min_days_earlier=5, min_notice_days=9, weekdays=[2, 4], time_from=time(10),
        time_until=time(13),
    )  # fmt: skip
    for _, day, at in wishes(run):
        assert today + timedelta(days=9) <= day <= today + timedelta(days=35)
        assert day.isoweekday() in (2, 4)
        assert time(10) <= at <= time(13)


def test_a_search_whose_windows_nothing_fits_still_sees_something_open(run):
    search(date_to=date(2026, 1, 1))
    assert len(wishes(run)) == 15


def test_a_small_radius_is_respected(run):
    newest = search(notification_radius=2)
    names = {Center.objects.get(pk=center).name for center, *_ in wishes(run)}
    assert names == {"Goodmayes"}
    assert Center.objects.within_miles(newest.location, 2).count() == 1


def test_without_a_centre_within_ten_miles_the_nearest_in_its_radius_is_taken(run):
    search(place={"latitude": 51.75, "longitude": 0.6}, notification_radius=30)
    names = {Center.objects.get(pk=center).name for center, *_ in wishes(run)}
    assert names == {"Brentwood"}


def test_a_search_with_nothing_in_reach_is_passed_over(run):
    search(place={"latitude": 50.1, "longitude": -5.2})
    assert wishes(run) == []


def test_of_chosen_centres_only_they_are_used(run):
    chosen = search()
    chosen.centers.add(Center.objects.get(name="Wanstead"))
    assert {Center.objects.get(pk=center).name for center, *_ in wishes(run)} == {"Wanstead"}


def test_a_restart_goes_on_from_what_is_open(run):
    play(run, 5)
    before = set(Slot.objects.filter(available=True).values_list("pk", flat=True))
    again = Simulation(simulated_source(), seed=1)
    (outcome,) = play(again)
    assert outcome.status == "applied"
    assert outcome.closed < len(before) / 2
    newest = FeedBatch.objects.order_by("-id").values_list("sequence", flat=True)
    assert list(newest) == [6, 5, 4, 3, 2, 1]


def test_a_new_centre_is_listed_from_the_next_round_on(run):
    play(run, 2)
    new = Center.objects.create(
        name="Hornchurch", postcode="RM11", latitude="51.56", longitude="0.22"
    )
    play(run)
    assert Slot.objects.filter(center=new, available=True).exists()


def test_centres_that_share_a_name_are_left_out(run):
    Center.objects.create(name="GOODMAYES", postcode="IG3 9UZ")
    (outcome,) = play(run)
    assert outcome.rejected == []
    assert len(FeedBatch.objects.get().covers["centers"]) == len(CENTERS) - 1


def test_the_same_seed_lists_the_same_slots(run):
    now = timezone.now()
    other = Simulation(run.source, seed=2)
    first, again, different = (
        feed._Round(each, now).batch() for each in (run, Simulation(run.source, 1), other)
    )
    assert first == again
    assert json.loads(first)["slots"] != json.loads(different)["slots"]


# The command


def command(*words, **options):
    out = StringIO()
    call_command("simulate_source", *words, stdout=out, **options)
    return out.getvalue()


def test_it_is_refused_without_debug(centers, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="no place on a live site"):
        command("--rounds", "1")
    assert not Source.objects.exists()


def test_it_can_be_forced(centers, settings):
    settings.DEBUG = False
    answer = json.loads(command("--rounds", "2", "--speed", "1e9", "--force", json=True))
    assert answer["rounds"] == 2
    assert FeedBatch.objects.count() == 2


def test_each_round_is_a_line(centers):
    lines = command("--rounds", "2", "--speed", "1e9", "--force").splitlines()
    assert [line.split(":")[0] for line in lines] == ["round 1", "round 2", "2 rounds"]


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast"])
def test_a_speed_that_is_none_is_a_usage_error(speed):
    with pytest.raises(CommandError, match="positive number"):
        command("--speed", speed)


@pytest.fixture
def process(transactional_db):
    """The command in a process of its own, a round every few milliseconds."""
    make_centers()
    started = []

    def start(*words):
        command = [sys.executable, "manage.py", "simulate_source", "--force", *words]
        started.append(
            subprocess.Popen(
                command,
                cwd=project.BASE_DIR,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | {"PGAPPNAME": "simulator", "PYTHONUNBUFFERED": "1"},
            )
        )
        return started[0]

    yield start
    started[0].kill()
    started[0].wait()


@pytest.mark.drill
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_the_round_under_way(process, number):
    running = process("--speed", "0.1")
    assert running.stdout.readline().startswith("round 1: baseline")
    running.send_signal(number)
    assert running.stdout.read().startswith("1 rounds:")
    assert running.wait() == 0


@pytest.mark.drill
def test_it_goes_on_when_the_database_ends_its_connection(process):
    running = process("--speed", "60000", "--rounds", "60")
    assert running.stdout.readline().startswith("round 1: baseline")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'simulator'"
        )
        assert cursor.fetchall() == [(True,)]
    rest = running.stdout.read()
    assert "60 rounds:" in rest
    assert "the database does not answer" in running.stderr.read()
    assert running.wait() == 0
    assert FeedBatch.objects.count() == 60
