"""What follows from taking a slot, in words: deadline, changes left, the slot's own, fee."""

from datetime import date, time

import pytest

from accounts.learners import Learner, read_learner
from accounts.models import Booking, User
from alerts.taking import SlotToTake, follows
from centers.models import Center, NearestCenter, Rule
from tests.alerts.world import make_center
from tests.people import learner

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
BOOKED = date(2027, 1, 27)
SLOT = date(2026, 12, 29)


@pytest.fixture
def ada() -> User:
    return learner()


@pytest.fixture
def home() -> Center:
    return make_center()


def seen(ada: User) -> Learner:
    ada.refresh_from_db()
    return read_learner(ada, today=TODAY)


def said(ada: User, center: Center, *, day: date = SLOT, test_type: str = "practical",
         clock: time = time(8, 10)) -> list[str]:  # fmt: skip
    return follows(seen(ada), SlotToTake(test_type, day, clock, center)).sentences


def book(ada: User, **fields: object) -> Booking:
    return Booking.objects.create(user=ada, **{"test_type": "practical"} | fields)


def test_a_booked_test_is_to_be_changed_by_its_last_day(ada: User, home: Center) -> None:
    book(ada, date=BOOKED, center=home, changes_used=0)
    assert said(ada, home) == [
        "Change your test by Thursday 14 January 2027, or you lose its fee",
        "This uses one of your 2 changes",
        "Once you have it, you can change it until Sunday 13 December 2026",
    ]


def test_the_last_change_is_said_to_be_the_last(ada: User, home: Center) -> None:
    book(ada, changes_used=1, center=home)
    assert said(ada, home) == ["This uses your last change"]


def test_a_slot_so_near_can_not_be_changed_once_it_is_taken(ada: User, home: Center) -> None:
    book(ada, center=home)
    assert said(ada, home, day=date(2026, 12, 10)) == [
        "From the moment you take it you can’t change it without losing the fee"
    ]


def test_where_no_list_is_loaded_the_learner_has_to_check(ada: User, home: Center) -> None:
    first, other = make_center(), make_center()
    book(ada, center=home, first_center=first)
    check = "Check on GOV.UK whether you may move your test to this centre"
    assert [check in said(ada, each) for each in (home, first, other)] == [False, False, True]
    NearestCenter.objects.create(center=home, other=other, rank=1)
    assert check not in said(ada, other)


@pytest.mark.parametrize(
    ("slot", "fee"),
    [
        ({"day": date(2026, 12, 30)}, "£62"),
        ({"day": date(2026, 12, 30), "clock": time(17)}, "£62, or £75 if 17:00 counts as evening"),
        ({"day": date(2027, 1, 2)}, "£75"),
        ({"day": date(2026, 12, 28)}, "£75"),
        ({"day": date(2026, 12, 30), "test_type": "theory"}, "£23"),
    ],
    ids=["weekday", "evening", "Saturday", "bank holiday", "theory"],
)
def test_who_has_no_test_booked_is_told_what_one_costs(
    ada: User, home: Center, slot: dict, fee: str
) -> None:
    assert said(ada, home, **slot)[-1] == f"Booked as a new test it costs {fee}"


def test_what_no_rule_says_is_not_said(ada: User, home: Center) -> None:
    Rule.objects.all().delete()
    book(ada, date=BOOKED, center=home, changes_used=1)
    assert said(ada, make_center()) == []


def test_what_keeps_the_learner_from_it_is_said_instead_of_a_deadline(
    ada: User, home: Center
) -> None:
    listed = make_center()
    NearestCenter.objects.create(center=home, other=listed, rank=1)
    book(ada, date=date(2026, 12, 10), center=home, changes_used=2)
    User.objects.update(theory_passed_on=date(2024, 12, 5), last_failed_on=date(2026, 11, 28))
    found = follows(seen(ada), SlotToTake("practical", date(2026, 12, 8), time(8), make_center()))
    assert found.obstacles == [
        "Your theory pass ends on Friday 4 December 2026, before this test",
        "After the test you failed, you can’t take one before Thursday 10 December 2026",
        (
            "You have no change of your test left. To take it you would have to cancel your test, "
            "and book again"
        ),
        (
            "You can’t move your test any more without losing the fee: the last day was Friday "
            "27 November 2026"
        ),
        "Your test can’t be moved to this centre: it isn’t one of DVSA’s nearest to yours",
    ]
    assert (found.of_any, found.short_of_any) == ([], "")
    assert found.short_of_this == "You may not be able to take it. Can’t be changed once taken"


def test_a_phone_is_told_the_same_in_a_few_words(ada: User, home: Center) -> None:
    book(ada, date=BOOKED, center=home, changes_used=1)
    slot = SlotToTake("practical", date(2026, 12, 10), time(8), make_center())
    found = follows(seen(ada), slot)
    assert found.short_of_any == "Change yours by Thu 14 Jan. Your last change"
    assert found.short_of_this == "Can’t be changed once taken. Check whether you may move there"
