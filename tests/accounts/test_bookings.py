"""What follows from a booking by the rules, and how it is kept."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.bookings import (
    facts_of,
    remove_booking,
    retake_from,
    save_booking,
    set_test_dates,
    theory_ends,
)
from accounts.models import Booking, User
from audit.models import AuditLog
from centers.models import Center, Rule
from centers.rules import Rulebook
from tests.people import learner

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 30)
TEST = date(2027, 1, 6)
SAID = {
    "day": TEST, "clock": time(8, 10), "center": None, "first_center": None, "changes_used": 1,
}  # fmt: skip


@pytest.fixture
def ada() -> User:
    return learner()


@pytest.fixture
def rules() -> Rulebook:
    return Rulebook.read()


def enter(key: str, since: date, value: int) -> None:
    Rule.objects.create(key=key, since=since, value=value, source="GOV.UK", certainty="high")


def make_center(postcode: str) -> Center:
    return Center.objects.create(name=postcode, postcode=postcode)


@pytest.mark.parametrize(
    ("postcode", "last"),
    [
        ("IG3 9UZ", date(2026, 12, 20)),
        ("CF10 1AA", date(2026, 12, 20)),
        ("EH1 1AA", date(2026, 12, 17)),
        ("TD15 1AA", date(2026, 12, 17)),
        (None, date(2026, 12, 17)),
    ],
    ids=["England", "Wales", "Scotland", "at the border", "unsaid"],
)
def test_the_last_day_to_change_goes_by_the_centres_nation(
    rules: Rulebook, postcode: str | None, last: date
) -> None:
    center = make_center(postcode) if postcode else None
    booking = Booking(test_type="practical", date=TEST, center=center)
    facts = facts_of(booking, rules, TODAY)
    assert (facts.last_day, facts.is_late) == (last, False)
    assert not facts_of(booking, rules, last).is_late
    assert facts_of(booking, rules, last + DAY).is_late


def test_a_theory_test_has_a_notice_of_its_own(rules: Rulebook) -> None:
    booking = Booking(test_type="theory", date=date(2026, 11, 19), changes_used=1)
    facts = facts_of(booking, rules, date(2026, 11, 1))
    assert (facts.last_day, facts.changes_left) == (date(2026, 11, 15), None)


def test_what_is_not_said_follows_from_nothing(ada: User, rules: Rulebook) -> None:
    facts = facts_of(Booking(test_type="practical"), rules, TODAY)
    assert (facts.last_day, facts.changes_left, facts.is_late, facts.is_over) == (
        None, None, False, False,
    )  # fmt: skip
    assert theory_ends(ada, rules, TODAY) is None
    assert retake_from(ada, rules, TODAY) is None


@pytest.mark.parametrize(("used", "left"), [(0, 2), (1, 1), (2, 0), (3, 0)])
def test_changes_are_counted_down_to_none(rules: Rulebook, used: int, left: int) -> None:
    booking = Booking(test_type="practical", changes_used=used)
    assert facts_of(booking, rules, TODAY).changes_left == left


def test_no_rule_limits_changes_before_the_first_holds(rules: Rulebook) -> None:
    booking = Booking(test_type="practical", changes_used=1)
    assert facts_of(booking, rules, date(2026, 3, 30)).changes_left is None


def test_a_changed_notice_counts_from_its_day() -> None:
    booking = Booking(test_type="practical", date=TEST, center=make_center("IG3 9UZ"))
    enter("notice_practical", date(2026, 12, 1), 12)
    after = facts_of(booking, Rulebook.read(), date(2026, 12, 1))
    assert after.last_day == date(2026, 12, 17)


@pytest.mark.parametrize(
    ("since", "notice", "last"),
    [
        (date(2026, 12, 10), 12, date(2026, 12, 17)),
        (date(2026, 12, 19), 12, date(2026, 12, 18)),
        (date(2026, 12, 21), 12, date(2026, 12, 20)),
        (date(2026, 12, 10), 3, date(2026, 12, 20)),
    ],
    ids=["stricter before", "stricter near the end", "stricter after it", "looser"],
)
def test_a_stricter_notice_that_is_to_come_counts_already(
    since: date, notice: int, last: date
) -> None:
    enter("notice_practical", since, notice)
    booking = Booking(test_type="practical", date=TEST, center=make_center("IG3 9UZ"))
    assert facts_of(booking, Rulebook.read(), TODAY).last_day == last


def test_a_theory_pass_ends_and_a_wait_is_over_by_the_rules(ada: User, rules: Rulebook) -> None:
    set_test_dates(user=ada, theory_passed_on=date(2025, 5, 21), last_failed_on=date(2026, 11, 16))
    ada.refresh_from_db()
    assert theory_ends(ada, rules, TODAY) == date(2027, 5, 20)
    assert retake_from(ada, rules, date(2026, 11, 26)) == date(2026, 11, 27)
    assert retake_from(ada, rules, date(2026, 11, 27)) is None


def test_a_second_booking_of_a_type_takes_the_place_of_the_first(ada: User) -> None:
    save_booking(user=ada, test_type="practical", **SAID)
    save_booking(user=ada, test_type="practical", **SAID | {"changes_used": 2})
    save_booking(user=ada, test_type="theory", **SAID)
    assert list(ada.bookings.values_list("test_type", "changes_used")) == [
        ("practical", 2), ("theory", 1),
    ]  # fmt: skip


def test_the_log_says_that_something_changed_and_never_what(ada: User) -> None:
    save_booking(user=ada, test_type="practical", **SAID)
    save_booking(user=ada, test_type="practical", **SAID)
    booking = save_booking(user=ada, test_type="practical", **SAID | {"day": TEST + DAY})
    remove_booking(booking=booking)
    set_test_dates(user=ada, theory_passed_on=TEST, last_failed_on=None)
    entries = AuditLog.objects.filter(user=ada).order_by("id").values_list("action", "details")
    assert list(entries) == [
        ("booking.added", None),
        ("booking.changed", '{"date": "changed"}'),
        ("booking.removed", None),
        ("user.test_dates_changed", None),
    ]


@pytest.mark.parametrize(
    "fields",
    [{"test_type": "practical"}, {"test_type": "flying"}, {"changes_used": -1}],
    ids=["twice", "type", "negative"],
)
def test_the_database_refuses(ada: User, fields: dict[str, object]) -> None:
    Booking.objects.create(user=ada, test_type="practical")
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(**{"user": ada, "test_type": "theory", **fields})


def test_a_change_moves_updated_at_of_the_booking_and_of_the_learner(ada: User) -> None:
    booking = Booking.objects.create(user=ada, test_type="theory")
    long_ago = "2020-01-01T00:00:00Z"
    Booking.objects.update(updated_at=long_ago)
    User.objects.update(updated_at=long_ago)
    Booking.objects.update(changes_used=1)
    User.objects.update(last_failed_on=TODAY)
    booking.refresh_from_db()
    ada.refresh_from_db()
    assert booking.updated_at.year > 2020
    assert ada.updated_at
    assert ada.updated_at.year > 2020
