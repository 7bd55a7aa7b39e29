"""What staff open and close by hand counts, whatever sources say."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from audit.models import AuditLog
from centers.models import Center
from slots.models import Slot, SlotOpening
from slots.staff_changes import Opened, Wanted, close_slots, open_slots
from tests.slots.feeds import DAY, Feed, make_centers, silence, slot
from tests.slots.feeds import open_slots as slots_open_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def center(db) -> Center:
    return make_centers("A")[0]


@pytest.fixture
def feed(center) -> Feed:
    feed = Feed()
    feed.says(slot(number=0), slot(number=1))
    return feed


def open_by_staff(center: Center, number: int = 0, day: date = DAY) -> Opened:
    wanted = Wanted(center, "practical", day, time(9, number))
    return open_slots(wanted=[wanted], actor=None)


def found(number: int = 0) -> Slot:
    return Slot.objects.get(time=time(9, number))


def test_a_slot_that_staff_open_is_announced(center):
    (opening,) = open_by_staff(center).openings
    assert (opening.quiet, opening.source.name) == (None, "staff")
    assert len(slots_open_now()) == 1
    assert AuditLog.objects.filter(action="slot.opened").count() == 1


def test_no_feed_closes_what_staff_opened(center):
    open_by_staff(center, 5)
    feed = Feed()
    feed.says()
    feed.says()
    assert len(slots_open_now()) == 1


def test_staff_never_grow_stale(center):
    open_by_staff(center, 5)
    staff = Feed("staff")
    silence(staff, hours=100)
    Feed().says()
    assert len(slots_open_now()) == 1


def test_an_open_slot_becomes_staffs_when_staff_open_it(feed, center):
    open_by_staff(center, 0)
    assert feed.says(slot(number=1)).closed == 0
    assert SlotOpening.objects.filter(slot=found()).count() == 1


@pytest.mark.parametrize("days", [-1, -30])
def test_staff_can_not_open_what_has_passed(center, days):
    day = datetime.now(UTC).date() + timedelta(days=days)
    ((_, reason),) = open_by_staff(center, day=day).faults
    assert "passed" in reason
    assert Slot.objects.count() == 0


def test_staff_can_not_open_a_slot_at_a_closed_centre(center):
    Center.objects.update(is_active=False)
    ((_, reason),) = open_by_staff(center).faults
    assert "closed" in reason


def test_staff_close_whatever_is_open(feed):
    close_slots(slots=[found()], actor=None)
    assert not found().available
    opening = SlotOpening.objects.get(slot=found())
    assert opening.close_reason == "staff"
    assert AuditLog.objects.filter(action="slot.closed").count() == 1


def test_a_feed_that_goes_on_listing_it_does_not_open_it_again(feed):
    close_slots(slots=[found()], actor=None)
    outcome = feed.says(slot(number=0), slot(number=1))
    assert (outcome.opened, outcome.unchanged) == (0, 2)
    assert outcome.reason == "1 slot stayed closed, as staff closed it"
    assert not found().available


def test_another_source_that_omits_it_does_not_let_the_first_open_it(feed):
    close_slots(slots=[found()], actor=None)
    Feed("other").says()
    feed.says(slot(number=0), slot(number=1))
    assert not found().available


def test_a_feed_that_stops_listing_it_may_open_it_later(feed):
    close_slots(slots=[found()], actor=None)
    feed.says(slot(number=1))
    assert feed.says(slot(number=0), slot(number=1)).opened == 1
    assert SlotOpening.objects.filter(slot=found()).count() == 2


def test_staff_open_again_what_they_closed_by_mistake_and_nobody_is_told_twice(feed, center):
    close_slots(slots=[found()], actor=None)
    (opening,) = open_by_staff(center).openings
    assert opening.episode == 1
    assert found().available
    assert found().withheld_at is None
