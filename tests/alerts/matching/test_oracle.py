"""Matching, verify_alerts and a plain Python oracle agree on random worlds."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

import pytest

from accounts.models import SavedSearch
from accounts.models.day_ranges import DayRange
from alerts.matching.match import match_openings
from alerts.models import UserAlert
from alerts.watching.canary import Verdict, verify
from centers.models import Center
from slots.models import SlotOpening
from tests.alerts.world import make_center, make_opening, make_search, make_slot, make_user

LONDON = ZoneInfo("Europe/London")
# Half an hour after midnight in London, while it is still the day before in UTC.
NOW = datetime(datetime.now(UTC).year + 1, 6, 14, 23, 30, tzinfo=UTC)
TODAY = NOW.date() + timedelta(days=1)
# A sphere is at most so much off the spheroid; pairs this close to a border are not judged.
DOUBT = 0.006


def miles(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle miles between two places (latitude, longitude), by the haversine formula."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(half)) / 1.609344


def place_of(thing: Center | SavedSearch) -> tuple[float, float] | None:
    """(latitude, longitude), if it has any."""
    return None if thing.location is None else (thing.location.y, thing.location.x)


def in_reach(search: SavedSearch, center: Center) -> bool | None:
    """Whether a search reaches a centre; None when it is too close to call."""
    chosen = set(search.centers.all())
    if not center.is_active or chosen:
        return center.is_active and center in chosen
    here, there = place_of(search), place_of(center)
    if here is None or there is None:
        return False
    apart = miles(here, there)
    if abs(apart - search.notification_radius) <= DOUBT * apart:
        return None
    return apart < search.notification_radius


def asks_for(search: SavedSearch, slot) -> bool:
    """Whether the slot lies in all windows of the search, on the London date TODAY."""
    wanted = search.preferred_test_types or ["practical", "theory"]
    days = search.weekdays or range(1, 8)
    windows = [
        slot.test_type in wanted,
        slot.date.isoweekday() in days,
        (search.date_from or date.min) <= slot.date <= (search.date_to or date.max),
        (search.time_from or time.min) <= slot.time <= (search.time_until or time.max),
        slot.date >= TODAY + timedelta(days=search.min_notice_days or 0),
        not any(first <= slot.date <= last for first, last in search.excluded_dates or []),
    ]
    if search.current_test_date:
        earlier = max(1, search.min_days_earlier or 0)
        windows.append(slot.date <= search.current_test_date - timedelta(days=earlier))
    return all(windows)


def is_looking(search: SavedSearch, opening: SlotOpening) -> bool:
    """Whether the search and its user take part at all."""
    user = search.user
    verified = user.emailaddress_set.filter(primary=True, verified=True).exists()
    paused = search.paused_until is not None and search.paused_until > NOW
    older = search.created_at < opening.recorded_at
    return user.is_active and verified and search.is_active and not paused and older


def is_announced(opening: SlotOpening) -> bool:
    """Whether anybody at all is to hear of an opening."""
    slot = opening.slot
    starts = datetime.combine(slot.date, slot.time, LONDON)
    return opening.quiet is None and opening.closed_at is None and starts > NOW


def judge(opening: SlotOpening) -> tuple[set[int], set[int]]:
    """The users who are to be alerted of an opening, and those about whom one can't tell."""
    certain, doubtful = set(), set()
    if is_announced(opening):
        for search in SavedSearch.objects.select_related("user").prefetch_related("centers"):
            if is_looking(search, opening) and asks_for(search, opening.slot):
                answer = in_reach(search, opening.slot.center)
                certain |= {search.user_id} if answer else set()
                doubtful |= {search.user_id} if answer is None else set()
    return certain, doubtful - certain


class World:
    """Random learners, searches, centres and openings."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.centers = [make_center(*self.place(), is_active=self.often()) for _ in range(8)]
        self.users = [make_user(is_active=self.often(), verified=self.often()) for _ in range(30)]
        for _ in range(60):
            self.search()
        for number in range(40):
            self.opening(number)

    def often(self) -> bool:
        return self.choose.random() < 0.9

    def sometimes(self, value: object) -> object:
        return value if self.choose.random() < 0.3 else None

    def place(self) -> tuple[float, float]:
        return round(self.choose.uniform(51, 52), 6), round(self.choose.uniform(-0.5, 0.5), 6)

    def day(self) -> date:
        return TODAY + timedelta(days=self.choose.randint(0, 12))

    def ranges(self) -> list[DayRange]:
        starts = [self.day() for _ in range(self.choose.randint(0, 2))]
        return [DayRange(day, day + timedelta(days=self.choose.randint(0, 3))) for day in starts]

    def clock(self) -> time:
        return time(self.choose.randint(0, 12), self.choose.choice([0, 30]))

    def search(self) -> SavedSearch:
        choose = self.choose
        return make_search(
            choose.choice(self.users),
            place=self.place() if self.often() else None,
            centers=self.sometimes(choose.sample(self.centers, 2)) or (),
            notification_radius=choose.randint(5, 60),
            preferred_test_types=self.sometimes(choose.choice([[], ["practical"], ["theory"]])),
            weekdays=self.sometimes(choose.sample(range(1, 8), choose.randint(0, 6))),
            date_from=self.sometimes(self.day()), date_to=self.sometimes(self.day()),
            excluded_dates=self.sometimes(self.ranges()),
            time_from=self.sometimes(self.clock()), time_until=self.sometimes(self.clock()),
            current_test_date=self.sometimes(self.day()),
            min_days_earlier=self.sometimes(choose.randint(0, 5)),
            min_notice_days=self.sometimes(choose.randint(0, 5)),
            paused_until=self.sometimes(NOW + timedelta(hours=choose.randint(-2, 2))),
            is_active=self.often(),
            created_at=NOW - timedelta(minutes=choose.randint(0, 60)),
        )  # fmt: skip

    def opening(self, number: int) -> SlotOpening:
        slot = make_slot(
            self.choose.choice(self.centers), date=self.day(), test_type=self.choose.choice(
                ["practical", "theory"]), time=time(self.choose.randint(0, 12), number),
        )  # fmt: skip
        recorded_at = NOW - timedelta(minutes=self.choose.randint(0, 30))
        closed = {"closed_at": NOW, "close_reason": "gone"} if not self.often() else {}
        quiet = None if self.often() else "baseline"
        return make_opening(slot, recorded_at=recorded_at, quiet=quiet, **closed)


def disagreements() -> Iterator[str]:
    """Openings whose alerts are not what the oracle says."""
    for opening in SlotOpening.objects.select_related("slot__center"):
        alerts = UserAlert.objects.filter(opening=opening)
        alerted = set(alerts.values_list("user", flat=True))
        certain, doubtful = judge(opening)
        if alerted - doubtful != certain:
            yield f"opening {opening.pk}: {alerted ^ certain}"


@pytest.mark.django_db
@pytest.mark.parametrize("attempt", range(4))
def test_matching_and_its_canary_agree_with_the_oracle_on_a_random_world(attempt):
    seed = random.SystemRandom().randrange(2**32)
    World(seed)
    matched = match_openings(now=NOW)
    assert matched.alerts > 20, f"seed {seed}: a world that tests nothing"
    assert not list(disagreements()), f"seed {seed}"
    ids = list(SlotOpening.objects.filter(quiet=None).values_list("pk", flat=True))
    verdict = sum(verify(ids), start=Verdict())
    assert verdict.alerts == matched.alerts, f"seed {seed}: {verdict}"
    assert verdict.is_clean, f"seed {seed}: {verdict}"
