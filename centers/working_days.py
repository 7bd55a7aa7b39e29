"""Working days, and the deadlines that are counted in them.

Monday to Saturday count, Sundays and public holidays don't (GOV.UK and DVSA's bulletin 3d741a3 of
2025). Two things are open: whether a public holiday on a Saturday counts when another day stands
in for it, and whose holidays count in a postcode area that reaches over a border. The answer is
then the day that costs the learner nothing: a deadline is the earlier, a wait ends on the earlier.
"""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import lru_cache
from itertools import count

from holidays import country_holidays

from centers.nations import Nation

DAY = timedelta(days=1)
SATURDAY, SUNDAY = 6, 7


def is_surely_working(day: date, nations: Collection[Nation]) -> bool:
    """Whether a day counts by every reading, in each of the nations."""
    return day.isoweekday() != SUNDAY and not any(_is_holiday(day, each) for each in nations)


def is_possibly_working(day: date, nations: Collection[Nation]) -> bool:
    """Whether a day counts by any reading, in one of the nations at least."""
    if day.isoweekday() in (SATURDAY, SUNDAY):
        return day.isoweekday() == SATURDAY
    return not all(_is_holiday(day, each) for each in nations)


def last_day_to_change(test_day: date, *, notice: int, nations: Collection[Nation]) -> date:
    """The latest day with at least `notice` full working days strictly between it and the test."""
    return _last_day_to_change(test_day, notice, frozenset(nations))


@lru_cache(maxsize=2048)
def _last_day_to_change(test_day: date, notice: int, nations: frozenset[Nation]) -> date:
    def counts(day: date) -> bool:
        return is_surely_working(day, nations)

    return _count(test_day, notice, step=-DAY, counts=counts) - DAY


def first_day_after_wait(day: date, *, wait: int, nations: Collection[Nation]) -> date:
    """The earliest day that is at least `wait` working days later: the last of them."""

    def counts(each: date) -> bool:
        return is_possibly_working(each, nations)

    return _count(day, wait, step=DAY, counts=counts)


def last_day_of_pass(passed_on: date, *, years: int) -> date:
    """The last day on which a pass still counts: the one before the same date, years later.

    A pass of 21 May 2026 no longer counts on 21 May 2028 (drivingtheorytest.io, from the
    official pages); one of 29 February ends as if it were of the 28th.
    """
    leap = (passed_on.month, passed_on.day) == (2, 29)
    same = passed_on - DAY if leap else passed_on
    return same.replace(year=same.year + years) - DAY


# What follows asks the three above the other way round: many bookings or learners are compared
# with one such day, and only these functions know the rules.


@lru_cache(maxsize=256)
def first_test_to_change(day: date, *, notice: int, nations: frozenset[Nation]) -> date:
    """The earliest day of a test that can still be changed on `day` without losing the fee."""
    later = (day + DAY * n for n in count())
    return next(
        each for each in later if last_day_to_change(each, notice=notice, nations=nations) >= day
    )


@lru_cache(maxsize=2048)
def last_failure_before(test_day: date, *, wait: int, nations: frozenset[Nation]) -> date:
    """The latest day of a failed test after which one may try again on `test_day`."""
    earlier = (test_day - DAY * n for n in count())
    return next(
        each
        for each in earlier
        if first_day_after_wait(each, wait=wait, nations=nations) <= test_day
    )


@lru_cache(maxsize=2048)
def first_pass_for(test_day: date, *, years: int) -> date:
    """The earliest day of a theory pass that still counts on `test_day`."""
    since = test_day - DAY * (366 * years + 2)
    later = (since + DAY * n for n in count())
    return next(each for each in later if last_day_of_pass(each, years=years) >= test_day)


def _count(start: date, days: int, *, step: timedelta, counts: Callable[[date], bool]) -> date:
    """The day on which the last of so many days is counted, going from `start` (not counted)."""
    day = start
    for _ in range(days):
        day = next(each for each in (day + step * n for n in count(1)) if counts(each))
    return day


def _is_holiday(day: date, nation: Nation) -> bool:
    return day in _holidays(nation, day.year)


@lru_cache(maxsize=256)
def _holidays(nation: Nation, year: int) -> frozenset[date]:
    """A nation's public holidays of a year: those that are kept and those that stand in for one."""
    return frozenset(country_holidays("GB", subdiv=nation.value, years=year))
