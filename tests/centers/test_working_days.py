import os
import random
from datetime import date, timedelta

import pytest
from holidays import country_holidays

from centers.nations import ALL, Nation, nations_of_area
from centers.working_days import (
    first_day_after_wait,
    is_possibly_working,
    is_surely_working,
    last_day_of_pass,
    last_day_to_change,
)

ENGLAND, SCOTLAND, WALES = Nation.ENGLAND, Nation.SCOTLAND, Nation.WALES
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("nations", "last"),
    [
        ({ENGLAND}, date(2026, 12, 20)),
        ({WALES}, date(2026, 12, 20)),
        ({SCOTLAND}, date(2026, 12, 17)),
        ({ENGLAND, SCOTLAND}, date(2026, 12, 17)),
    ],
)
def test_a_deadline_is_the_earlier_where_a_holiday_on_a_saturday_may_count(
    nations: set[Nation], last: date
) -> None:
    assert last_day_to_change(date(2027, 1, 6), notice=10, nations=nations) == last


@pytest.mark.parametrize(
    ("nation", "last"), [(ENGLAND, date(2026, 12, 21)), (SCOTLAND, date(2026, 12, 20))]
)
def test_by_the_other_reading_ten_days_lie_after_a_later_day(nation: Nation, last: date) -> None:
    test_day = date(2027, 1, 6)
    between = [last + DAY * n for n in range(1, (test_day - last).days)]
    assert sum(is_possibly_working(day, {nation}) for day in between) == 10


def test_the_notice_of_a_theory_test_is_counted_alike() -> None:
    # Thursday: Wednesday, Tuesday and Monday are the three clear days.
    assert last_day_to_change(date(2026, 11, 19), notice=3, nations={ENGLAND}) == date(2026, 11, 15)


def test_no_notice_leaves_the_day_before() -> None:
    assert last_day_to_change(date(2027, 1, 6), notice=0, nations=ALL) == date(2027, 1, 5)


def test_sundays_and_holidays_never_count_and_saturdays_do() -> None:
    christmas, sunday, saturday = date(2026, 12, 25), date(2026, 11, 29), date(2026, 11, 28)
    for counts in (is_surely_working, is_possibly_working):
        assert not counts(christmas, {ENGLAND})
        assert not counts(sunday, {ENGLAND})
        assert counts(saturday, {ENGLAND})


def test_a_holiday_on_one_side_of_a_border_may_count_or_not() -> None:
    st_andrews = date(2026, 11, 30)
    both = nations_of_area("TD15 1AA")
    assert not is_surely_working(st_andrews, both)
    assert is_possibly_working(st_andrews, both)


def test_the_next_try_comes_on_the_last_of_the_days_to_wait() -> None:
    # Ten days, Saturdays among them: 17 to 21, 23 to 27 November without the 22nd, a Sunday.
    failed, again = date(2026, 11, 16), date(2026, 11, 27)
    assert first_day_after_wait(failed, wait=10, nations={ENGLAND}) == again


@pytest.mark.parametrize(
    ("passed", "ends"),
    [
        (date(2026, 5, 21), date(2028, 5, 20)),
        (date(2026, 1, 1), date(2027, 12, 31)),
        (date(2028, 2, 29), date(2030, 2, 27)),
        (date(2026, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_theory_pass_no_longer_counts_on_the_same_date_years_later(
    passed: date, ends: date
) -> None:
    assert last_day_of_pass(passed, years=2) == ends


@pytest.mark.parametrize(
    ("postcode", "nations"),
    [
        ("EH1 1AA", {SCOTLAND}),
        ("g1 1aa", {SCOTLAND}),
        ("CF10 1AA", {WALES}),
        ("IG3 9UZ", {ENGLAND}),
        ("DG16 5EA", {ENGLAND, SCOTLAND}),
        ("SY16 1AA", {ENGLAND, WALES}),
        ("", {ENGLAND, SCOTLAND, WALES}),
    ],
)
def test_an_area_over_a_border_has_both_nations(postcode: str, nations: set[Nation]) -> None:
    assert nations_of_area(postcode) == nations


@pytest.fixture(scope="module")
def rng() -> random.Random:
    seed = int(os.environ.get("DRILL_SEED", random.randrange(2**32)))
    print(f"DRILL_SEED={seed}")  # noqa: T201
    return random.Random(seed)


@pytest.mark.parametrize("nation", Nation)
def test_dates_drawn_at_random_agree_with_a_recount_day_by_day(
    nation: Nation, rng: random.Random
) -> None:
    for _ in range(200):
        day = date(2025, 1, 1) + DAY * rng.randrange(365 * 6)
        days = rng.choice([1, 3, 10, 15])
        last = last_day_to_change(day, notice=days, nations={nation})
        assert recounted_deadline(day, days, nation) == last, (day, days)
        first = first_day_after_wait(day, wait=days, nations={nation})
        assert recounted_wait(day, days, nation) == first, (day, days)


def recounted_deadline(test: date, notice: int, nation: str) -> date:
    """The latest day before the test with enough days that count between: each day tried again."""
    kept = country_holidays("GB", subdiv=str(nation))
    for back in range(1, 100):
        day = test - DAY * back
        between = [day + DAY * n for n in range(1, back)]
        if sum(each.strftime("%a") != "Sun" and each not in kept for each in between) >= notice:
            return day
    raise AssertionError(test)


def recounted_wait(failed: date, wait: int, nation: str) -> date:
    """The earliest day until which, itself among them, enough days count."""
    kept = country_holidays("GB", subdiv=str(nation))
    for ahead in range(1, 100):
        days = [failed + DAY * n for n in range(1, ahead + 1)]
        counted = [d for d in days if d.strftime("%a") == "Sat" or d not in kept]
        if sum(d.strftime("%a") != "Sun" for d in counted) >= wait:
            return failed + DAY * ahead
    raise AssertionError(failed)
