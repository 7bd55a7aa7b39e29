"""The simulated rhythm is the real feed's."""

from datetime import date
from random import Random
from statistics import mean, median, quantiles

import pytest

from dvsa_alerts.simulation import rhythm

MANY = 20_000
TODAY = date(2026, 11, 23)


@pytest.fixture
def rng():
    return Random(20261123)


def test_a_slot_stays_open_for_198_minutes_at_the_median(rng):
    assert median(rhythm.lifetime(rng) for _ in range(MANY)) == pytest.approx(198, rel=0.05)


def test_a_tenth_of_the_slots_is_gone_within_half_an_hour(rng):
    lifetimes = [rhythm.lifetime(rng) for _ in range(MANY)]
    assert sum(each <= 30 for each in lifetimes) / MANY == pytest.approx(0.1, abs=0.01)


def test_what_is_left_of_slots_found_open_is_what_keeps_their_number_steady(rng):
    found = [rhythm.remaining_lifetime(rng) for _ in range(MANY)]
    gone_in_a_round = sum(each <= 17.5 for each in found) / MANY
    assert gone_in_a_round == pytest.approx(17.5 / rhythm.MEAN_LIFETIME, rel=0.2)


def test_rounds_are_15_to_20_minutes_apart(rng):
    lengths = [rhythm.round_length(rng) for _ in range(MANY)]
    assert min(lengths) >= 15
    assert max(lengths) <= 20


def test_97_centres_open_1_to_137_slots_in_a_round(rng):
    opened = [rhythm.openings(rng, 97, 97 * 7) for _ in range(MANY)]
    assert min(opened) >= 1
    assert max(opened) == 137


def test_as_many_open_as_close_when_7_are_open_at_each_centre(rng):
    opened = mean(rhythm.openings(rng, 97, 97 * 7) for _ in range(MANY))
    assert opened == pytest.approx(97 * 7 * 17.5 / rhythm.MEAN_LIFETIME, rel=0.1)


def test_the_median_lead_is_19_days(rng):
    ahead = [(rhythm.test_start(rng, TODAY)[0] - TODAY).days for _ in range(MANY)]
    assert median(ahead) == pytest.approx(19, abs=1)
    assert min(ahead) >= 1
    assert max(ahead) <= 168


def test_no_test_is_on_a_sunday_or_at_christmas(rng):
    days = {rhythm.test_start(rng, TODAY)[0] for _ in range(MANY)}
    assert {day.isoweekday() for day in days} == {1, 2, 3, 4, 5, 6}
    assert not days & {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}


def test_tests_start_between_ten_past_eight_and_half_past_three():
    assert (min(rhythm.TIMES).isoformat("minutes"), max(rhythm.TIMES).isoformat("minutes")) == (
        "08:10",
        "15:24",
    )


def test_some_centres_are_busier_than_others_and_stay_so():
    weights = [rhythm.weight(1, center) for center in range(1000)]
    assert mean(weights) == pytest.approx(1, abs=0.1)
    first, *_, last = quantiles(weights, n=10)
    assert last > 2 * first
    assert weights == [rhythm.weight(1, center) for center in range(1000)]
