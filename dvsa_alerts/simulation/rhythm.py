"""The rhythm of the simulated source, drawn from what a real feed of 97 centres was seen to do.

All lengths of time are simulated minutes.
"""

import math
from datetime import date, time, timedelta
from random import Random

OPEN_PER_CENTER = 7
MEDIAN_LIFETIME = 198.0
# A tenth is gone within half an hour: 30 = 198 * exp(-1.2816 * spread), 1.2816 being the
# standard normal's ninth decile.
LIFETIME_SPREAD = math.log(MEDIAN_LIFETIME / 30) / 1.2816
MEAN_LIFETIME = MEDIAN_LIFETIME * math.exp(LIFETIME_SPREAD**2 / 2)
ROUND_MINUTES = (15.0, 20.0)
MOST_OPENINGS_PER_CENTER = 137 / 97
MEDIAN_LEAD_DAYS = 19.0
LEAD_SPREAD = 0.9
LONGEST_LEAD_DAYS = 168
RETURNING_SHARE = 0.7
SATURDAY = 6
SATURDAY_SHARE = 0.4
TIMES = (
    time(8, 10), time(9, 7), time(10, 14), time(11, 11),
    time(12, 8), time(13, 30), time(14, 27), time(15, 24),
)  # fmt: skip
HOLIDAYS = {(12, 25), (12, 26), (1, 1)}


def round_length(rng: Random) -> float:
    """Minutes from one observation to the next."""
    return rng.uniform(*ROUND_MINUTES)


def lifetime(rng: Random) -> float:
    """Minutes that a slot which opens now stays open (lognormal)."""
    return rng.lognormvariate(math.log(MEDIAN_LIFETIME), LIFETIME_SPREAD)


def remaining_lifetime(rng: Random) -> float:
    """Minutes left to a slot that was found open: what lives long is found more often.

    Weighting a lognormal by length shifts its mean by the variance; the moment it was found at
    is anywhere in its life.
    """
    mean = math.log(MEDIAN_LIFETIME) + LIFETIME_SPREAD**2
    return rng.random() * rng.lognormvariate(mean, LIFETIME_SPREAD)


def weight(seed: int, center_id: int) -> float:
    """How busy a centre is, about 1 on average and the same in every round."""
    return 0.2 + Random(f"{seed}/{center_id}").gammavariate(2, 0.4)  # noqa: S311


def openings(rng: Random, centers: int, open_now: int) -> int:
    """How many slots open in one round: what keeps the number open steady, in bursts."""
    target = centers * OPEN_PER_CENTER
    steady = target * sum(ROUND_MINUTES) / 2 / MEAN_LIFETIME
    pull = min(target / max(open_now, 1), 3)
    burst = rng.lognormvariate(-0.32, 0.8)
    most = math.ceil(centers * MOST_OPENINGS_PER_CENTER)
    return max(1, min(round(steady * pull * burst), most))


def lead_days(rng: Random) -> int:
    """Days from today to the test (lognormal, 1 to LONGEST_LEAD_DAYS)."""
    days = round(rng.lognormvariate(math.log(MEDIAN_LEAD_DAYS), LEAD_SPREAD))
    return max(1, min(days, LONGEST_LEAD_DAYS))


def is_test_day(day: date) -> bool:
    """Tests are from Monday to Saturday and not on the holidays that don't move."""
    return day.isoweekday() <= SATURDAY and (day.month, day.day) not in HOLIDAYS


def test_start(rng: Random, today: date) -> tuple[date, time]:
    """When a test that has just become free takes place; seldom on a Saturday."""
    while True:
        day = today + timedelta(days=lead_days(rng))
        is_rare = day.isoweekday() == SATURDAY and rng.random() > SATURDAY_SHARE
        if is_test_day(day) and not is_rare:
            return day, rng.choice(TIMES)


def all_starts(today: date) -> list[tuple[date, time]]:
    """Every start that may be drawn on this day."""
    days = [today + timedelta(days=ahead) for ahead in range(1, LONGEST_LEAD_DAYS + 1)]
    return [(day, start) for day in days if is_test_day(day) for start in TIMES]
