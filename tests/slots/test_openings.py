"""Slots close by themselves when they have passed."""

from datetime import date, datetime, time

import pytest

from centers.models import Center
from slots.models import Slot, SlotOpening
from slots.openings import close_passed
from slots.querysets import LONDON
from tests.slots.feeds import Feed, make_centers, slot

pytestmark = pytest.mark.django_db

SUMMER = date(2027, 7, 5)


@pytest.fixture
def center(db) -> Center:
    return make_centers("A")[0]


def make_slot(center: Center, at: time, day: date = SUMMER) -> Slot:
    found = Slot.objects.create(center=center, test_type="practical", date=day, time=at)
    SlotOpening.objects.create(slot=found, episode=1, opened_at=datetime(2027, 1, 1, tzinfo=LONDON))
    return found


def test_a_slot_closes_at_its_start_in_london(center):
    found = make_slot(center, time(9))
    assert close_passed(datetime(2027, 7, 5, 8, 59, 59, tzinfo=LONDON)) == 0
    assert close_passed(datetime(2027, 7, 5, 9, 0, tzinfo=LONDON)) == 1
    found.refresh_from_db()
    opening = found.openings.get()
    assert not found.available
    assert (opening.close_reason, opening.closed_at) == (
        "passed", datetime(2027, 7, 5, 9, 0, tzinfo=LONDON),
    )  # fmt: skip


def test_only_what_has_passed_closes(center):
    make_slot(center, time(9))
    later = make_slot(center, time(9, 1))
    assert close_passed(datetime(2027, 7, 5, 9, 0, tzinfo=LONDON)) == 1
    assert list(Slot.objects.filter(available=True)) == [later]


def test_without_a_time_the_databases_counts(center):
    make_slot(center, time(9), day=date(2020, 1, 1))
    Feed().says(slot(number=3))
    assert close_passed() == 1


def test_a_second_round_finds_nothing(center):
    make_slot(center, time(9), day=date(2020, 1, 1))
    assert close_passed() == 1
    assert close_passed() == 0
