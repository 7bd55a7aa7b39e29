"""A slot starts when London's clocks first show its time, on the nights when they change too."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from centers.models import Center
from slots.ingestion.arrivals import place
from slots.ingestion.batches import make_batch
from slots.models import Slot, SlotOpening
from slots.openings import close_passed
from slots.querysets import latest_clock
from slots.searching.paging import read_page
from slots.searching.search import SlotSearch
from tests.slots.feeds import make_centers

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
STEP = timedelta(minutes=5)


def last_sunday(month: int) -> date:
    """Of next year's March or October, when the clocks change at 01:00 UTC."""
    end = date(timezone.localdate().year + 1, month, 31)
    return end - timedelta(days=end.isoweekday() % 7)


SPRING, AUTUMN = last_sunday(3), last_sunday(10)
NIGHTS = pytest.mark.parametrize("night", [SPRING, AUTUMN], ids=["March", "October"])


def moments(night: date) -> Iterator[datetime]:
    """From the evening before until the morning."""
    moment = datetime.combine(night, time(), UTC) - timedelta(hours=2)
    while moment < datetime.combine(night, time(4), UTC):
        yield moment
        moment += STEP


def clocks(night: date) -> list[datetime]:
    """What a slot may say: every time of the night, also one that no clock shows."""
    first = datetime.combine(night, time()) - timedelta(minutes=30)
    return [first + count * STEP for count in range(48)]


def first_shown(clock: datetime, night: date) -> datetime:
    """Watch London's clocks until one shows this or a later time."""
    return next(
        moment for moment in moments(night)
        if moment.astimezone(LONDON).replace(tzinfo=None) >= clock
    )  # fmt: skip


def slot_start(clock: datetime) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT slot_start(%s, %s)", [clock.date(), str(clock.time())])
        return cursor.fetchone()[0]


@NIGHTS
def test_sql_says_when_the_clocks_first_show_it(night):
    for clock in clocks(night):
        assert slot_start(clock) == first_shown(clock, night), clock


@NIGHTS
def test_python_and_sql_agree_at_every_moment_of_the_night(night):
    starts = {clock: slot_start(clock) for clock in clocks(night)}
    for moment in moments(night):
        for clock, start in starts.items():
            assert (clock <= latest_clock(moment)) == (start <= moment), (moment, clock)


def test_on_any_other_day_it_is_the_clocks_own_time():
    noon = datetime(2027, 7, 5, 12, 0, 30, 5, tzinfo=UTC)
    assert latest_clock(noon) == datetime.combine(date(2027, 7, 5), time(13, 0, 30, 5))
    assert slot_start(datetime.combine(date(2027, 7, 5), time(13))) == datetime(
        2027, 7, 5, 12, tzinfo=UTC
    )


class TestTheHourThatComesTwice:
    """At 01:00 UTC the clocks show 01:00 once more; a slot at 01:30 started at 00:30 UTC."""

    START = datetime.combine(AUTUMN, time(0, 30), UTC)
    AGAIN = datetime.combine(AUTUMN, time(1, 10), UTC)

    @pytest.fixture
    def center(self) -> Center:
        return make_centers("A")[0]

    @pytest.fixture
    def slot(self, center) -> Slot:
        slot = Slot.objects.create(
            center=center, test_type="practical", date=AUTUMN, time=time(1, 30)
        )
        SlotOpening.objects.create(slot=slot, episode=1, opened_at=self.START - timedelta(days=1))
        return slot

    def listed(self, center: Center, now: datetime) -> int:
        search = SlotSearch(label="", centers=(center.pk,))
        assert len(read_page(search, now=now).slots) == Slot.objects.open_at(now).count()
        return Slot.objects.open_at(now).count()

    def test_it_is_listed_until_it_starts_and_never_again(self, center, slot):
        assert self.listed(center, self.START - timedelta(seconds=1)) == 1
        assert self.listed(center, self.START) == 0
        assert self.listed(center, self.AGAIN) == 0

    def test_it_closes_when_it_starts_and_not_in_the_future(self, slot):
        assert close_passed(self.START - timedelta(seconds=1)) == 0
        assert close_passed(self.START) == 1
        assert SlotOpening.objects.get().closed_at == self.START

    def test_a_batch_that_lists_it_in_the_second_hour_lists_a_past_slot(self, center):
        row = {"center": "A", "test_type": "practical", "date": str(AUTUMN), "time": "01:30"}
        batch = make_batch(observed_at=self.AGAIN, slots=[row])
        assert place(batch, now=self.AGAIN).past == 1
        assert place(batch, now=self.START - timedelta(seconds=1)).past == 0


def test_a_time_that_march_skips_is_past_once_the_clocks_have_gone_over_it():
    center = make_centers("A")[0]
    Slot.objects.create(center=center, test_type="practical", date=SPRING, time=time(1, 30))
    change = datetime.combine(SPRING, time(1), UTC)
    assert Slot.objects.open_at(change - timedelta(seconds=1)).exists()
    assert not Slot.objects.open_at(change).exists()
    assert close_passed(change) == 1
