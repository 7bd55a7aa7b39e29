"""What 3,000 learners can take, by matching, by its canary, by the words of messages and by a plain
re-computation that counts day by day, all the same."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.contrib.gis.geos import Point
from django.db import connection
from holidays import country_holidays

from accounts.learners import read_learners
from accounts.models import Booking, SavedSearch, User
from alerts.matching.match import match_openings
from alerts.models import UserAlert
from alerts.taking import SlotToTake, obstacles
from alerts.watching.canary import Verdict, verify
from centers.models import Center, NearestCenter, Rule
from slots.models import Slot, SlotOpening
from tests.alerts.world import GOODMAYES, make_center, make_opening, make_slot, set_config

LONDON = ZoneInfo("Europe/London")
LEARNERS, OPENINGS = 3_000, 12
DAY = timedelta(days=1)
# Half an hour after midnight in London's summer, and in its winter half past eleven at night.
HOUR = time(23, 30)
POSTCODES = {
    "IG3 9UZ": "ENG", "EH1 1AA": "SCT", "CF10 1AA": "WLS",
    "TD15 1AA": "ENG SCT", "CH4 0AA": "ENG WLS",
}  # fmt: skip
EVERYWHERE = "ENG SCT WLS"
HOLIDAYS = {each: country_holidays("GB", subdiv=each) for each in EVERYWHERE.split()}


class World:
    """Learners around centres, rules that change within days, and slots of the next two months."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        start = datetime.now(UTC).date() + DAY * self.choose.randint(30, 700)
        self.now = datetime.combine(start, HOUR, UTC)
        self.today = self.now.astimezone(LONDON).date()
        self.centers = [make_center(postcode=each) for each in POSTCODES for _ in range(2)]
        self._list_nearest()
        self.rules = self._enter_rules()
        self._add_learners()
        for number in range(OPENINGS):
            self._open(number)
        for model in (User, SavedSearch, Center, Booking):
            model.objects.update(updated_at=self.now - DAY)

    def sometimes(self, value: object, share: float = 0.5) -> object:
        return value if self.choose.random() < share else None

    def day(self, first: int, last: int) -> date:
        return self.today + DAY * self.choose.randint(first, last)

    def _list_nearest(self) -> None:
        self.nearest = {}
        for center in self.centers[::2]:
            others = self.choose.sample([each for each in self.centers if each != center], 4)
            self.nearest[center.pk] = [each.pk for each in others]
            NearestCenter.objects.bulk_create(
                NearestCenter(center=center, other=other, rank=rank)
                for rank, other in enumerate(others, 1)
            )

    def _enter_rules(self) -> dict[str, int | None]:
        """Those that hold today: each may have changed today or be about to, or be lifted."""
        for key in ("changes", "nearest_centers", "notice_practical", "notice_theory",
                    "retake_wait", "theory_pass"):  # fmt: skip
            for day in self.choose.sample([-40, 0, 1, 9], self.choose.randint(0, 2)):
                Rule.objects.create(
                    key=key, since=self.today + DAY * day, holds=self.choose.random() < 0.8,
                    value=self.choose.randint(1, 12), source="GOV.UK", certainty="low",
                )  # fmt: skip
        begun = [each for each in Rule.objects.all() if (each.since or date.min) <= self.today]
        begun.sort(key=lambda each: each.since or date.min)
        return {each.key: int(each.value or 0) if each.holds else None for each in begun}

    def _add_learners(self) -> None:
        choose, numbers = self.choose, range(LEARNERS)
        self.learners = User.objects.bulk_create(
            User(
                email=f"someone{number}@example.org", password="x",
                theory_passed_on=self.sometimes(self._years_ago()),
                last_failed_on=self.sometimes(self.day(-30, 0), 0.3),
            )
            for number in numbers
        )  # fmt: skip
        EmailAddress.objects.bulk_create(
            EmailAddress(user=each, email=each.email, primary=True, verified=True)
            for each in self.learners
        )
        self.searches = SavedSearch.objects.bulk_create(
            SavedSearch(
                user=each, location=Point(GOODMAYES[1], GOODMAYES[0], srid=4326),
                notification_method="email", notification_radius=5,
                only_bookable=choose.random() < 0.85, created_at=self.now - DAY,
                current_test_date=self.sometimes(self.day(0, 60), 0.2),
                min_days_earlier=self.sometimes(choose.randint(0, 20), 0.2),
            )
            for each in self.learners
        )  # fmt: skip
        kinds = [(each, kind) for each in self.learners for kind in ("practical", "theory")]
        self.bookings = Booking.objects.bulk_create(
            Booking(
                user=each, test_type=kind, date=self.sometimes(self.day(-2, 50), 0.8),
                center=self.sometimes(choose.choice(self.centers), 0.7),
                first_center=self.sometimes(choose.choice(self.centers), 0.3),
                changes_used=self.sometimes(choose.randint(0, 3)),
            )
            for each, kind in kinds
            if choose.random() < 0.7
        )  # fmt: skip

    def _years_ago(self) -> date:
        year = self.choose.choice([1, 2, 2, 2, 3, 5])
        return self.day(-60, 60) - DAY * 365 * year

    def _open(self, number: int) -> SlotOpening:
        kind = self.choose.choice(["practical", "practical", "theory"])
        slot = make_slot(
            self.choose.choice(self.centers), date=self.day(1, 60), test_type=kind,
            time=time(8 + number % 9, number),
        )  # fmt: skip
        return make_opening(slot, recorded_at=self.now)


def working_days(first: date, last: date, nations: str, *, surely: bool) -> int:
    """How many days of a range, both included, count: by every reading or by any."""
    count = 0
    while first <= last:
        kept = [first in HOLIDAYS[each] for each in nations.split()]
        is_off = any(kept) if surely else all(kept) and first.isoweekday() != 6
        count += first.isoweekday() != 7 and not is_off
        first += DAY
    return count


class Oracle:
    """Whether a learner can take a slot, said once more."""

    def __init__(self, world: World) -> None:
        self.world, self.rules, self.today = world, world.rules, world.today
        self.nations = {each.pk: POSTCODES[each.postcode] for each in world.centers}
        self.bookings = {(each.user_id, each.test_type): each for each in world.bookings}
        self._late: dict[tuple, bool] = {}
        self._waits: dict[tuple, bool] = {}

    def is_told(self, search: SavedSearch, slot: Slot) -> bool:
        """By its booking's day, or its own, and unless the filter is off by the rest."""
        booking = self.booking(search.user_id, slot.test_type)
        booked = (booking and booking.date) or search.current_test_date
        ahead = max(search.min_days_earlier or 0, 1)
        if booked and slot.date > booked - DAY * ahead:
            return False
        return not search.only_bookable or self.can_take(search.user, slot)

    def booking(self, user: int, kind: str) -> Booking | None:
        """Unless its day has passed."""
        found = self.bookings.get((user, kind))
        return None if found and found.date and found.date < self.today else found

    def can_take(self, user: User, slot: Slot) -> bool:
        """By every rule that holds and all that was said."""
        practical = slot.test_type == "practical"
        booking = self.booking(user.pk, slot.test_type)
        if practical and (self.is_pass_over(user, slot.date) or self.waits(user, slot.date)):
            return False
        if booking is None:
            return True
        if practical and (self.has_no_change(booking) or self.is_elsewhere(booking, slot)):
            return False
        return not self.is_late(booking)

    def is_pass_over(self, user: User, day: date) -> bool:
        passed, years = user.theory_passed_on, self.rules["theory_pass"]
        if passed is None or years is None:
            return False
        if (passed.month, passed.day) == (2, 29):
            passed -= DAY
        return day >= passed.replace(year=passed.year + years)

    def waits(self, user: User, day: date) -> bool:
        failed, wait = user.last_failed_on, self.rules["retake_wait"]
        if failed is None or wait is None:
            return False
        if (failed, day) not in self._waits:
            counted = working_days(failed + DAY, day, EVERYWHERE, surely=False)
            self._waits[failed, day] = counted < wait
        return self._waits[failed, day]

    def has_no_change(self, booking: Booking) -> bool:
        used, most = booking.changes_used, self.rules["changes"]
        return used is not None and most is not None and used >= most

    def is_late(self, booking: Booking) -> bool:
        notice = self.rules[f"notice_{booking.test_type}"]
        if booking.date is None or notice is None:
            return False
        nations = self.nations.get(booking.center_id, EVERYWHERE)
        key = (booking.date, nations, notice)
        if key not in self._late:
            counted = working_days(self.today + DAY, booking.date - DAY, nations, surely=True)
            self._late[key] = counted < notice or booking.date <= self.today
        return self._late[key]

    def is_elsewhere(self, booking: Booking, slot: Slot) -> bool:
        listed, most = self.world.nearest.get(booking.center_id), self.rules["nearest_centers"]
        if listed is None or most is None:
            return False
        near = {*listed[:most], booking.center_id, booking.first_center_id}
        return slot.center_id not in near


def disagreements(world: World, oracle: Oracle) -> Iterator[str]:
    """Openings whose alerts are not what the oracle says."""
    for opening in SlotOpening.objects.select_related("slot"):
        alerts = UserAlert.objects.filter(opening=opening)
        told = set(alerts.values_list("user", flat=True))
        wanted = {each.user_id for each in world.searches if oracle.is_told(each, opening.slot)}
        if told != wanted:
            yield f"opening {opening.pk}: {sorted(told ^ wanted)[:5]}"


def misstatements(world: World, oracle: Oracle) -> Iterator[str]:
    """Learners of whom the words of messages say otherwise, of some that are drawn."""
    some = world.choose.sample(world.learners, 100)
    found = read_learners([each.pk for each in some], today=world.today)
    for slot in Slot.objects.select_related("center"):
        there = SlotToTake(slot.test_type, slot.date, slot.time, slot.center)
        for user in some:
            said = list(obstacles(found[user.pk], there))
            if bool(said) == oracle.can_take(user, slot):
                yield f"slot {slot.pk}, user {user.pk}: {said}"


def plan_by_hashing() -> None:
    """The tables' statistics are other tests' of a few rows, by which joins would loop for minutes.

    Within a transaction only their owner could have them counted again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")


@pytest.mark.slow
@pytest.mark.django_db
def test_what_learners_can_take_is_the_same_however_it_is_found():
    seed = random.SystemRandom().randrange(2**32)
    set_config("alerts.waves", "false")
    world = World(seed)
    oracle = Oracle(world)
    plan_by_hashing()
    matched = match_openings(now=world.now)
    assert matched.alerts > OPENINGS * 100, f"seed {seed}: a world that tests nothing"
    assert not list(disagreements(world, oracle)), f"seed {seed}"
    assert not list(misstatements(world, oracle)), f"seed {seed}"
    verdict = sum(verify(list(SlotOpening.objects.values_list("pk", flat=True))), start=Verdict())
    assert (verdict.alerts, verdict.is_clean) == (matched.alerts, True), f"seed {seed}: {verdict}"
