"""A search tells only of what its learner can take, as far as they have said and the rules go."""

from datetime import date, timedelta

import pytest

from accounts.learners import read_learner
from accounts.models import Booking, SavedSearch, User
from alerts.matching.counting import openings_fitting
from alerts.matching.match import match_openings
from alerts.models import UserAlert
from alerts.watching.canary import Verdict, verify
from centers.models import Center, NearestCenter, Rule
from centers.working_days import (
    first_day_after_wait,
    last_day_of_pass,
    last_day_to_change,
)
from tests.alerts.world import NOW, make_center, make_opening, make_search, make_slot, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()
SOON = TODAY + 28 * DAY


@pytest.fixture
def ada() -> User:
    return make_user()


@pytest.fixture
def home() -> Center:
    return make_center()


@pytest.fixture(autouse=True)
def search(ada: User) -> SavedSearch:
    return make_search(ada)


def book(ada: User, **said) -> Booking:
    booking = Booking.objects.create(user=ada, **{"test_type": "practical"} | said)
    Booking.objects.filter(pk=booking.pk).update(updated_at=NOW - DAY)
    return booking


def say(ada: User, **dates: date) -> None:
    User.objects.filter(pk=ada.pk).update(**dates)


def settle() -> None:
    """As if all had been said the day before, so that the canary leaves nothing out."""
    for model in (User, SavedSearch, Center):
        model.objects.update(updated_at=NOW - DAY)


def list_nearest(center: Center, *others: Center) -> None:
    for rank, other in enumerate(others, 1):
        NearestCenter.objects.create(center=center, other=other, rank=rank)


def tells(center: Center, day: date = SOON, *, now=NOW, **slot) -> bool:
    """Whether an opening is told, as the canary says too."""
    opening = make_opening(make_slot(center, date=day, **slot), recorded_at=now)
    settle()
    match_openings(now=now)
    verdict = sum(verify([opening.pk]), start=Verdict())
    assert verdict.is_clean, verdict
    return UserAlert.objects.filter(opening=opening).exists()


def test_who_has_said_nothing_is_told_of_everything(home: Center) -> None:
    assert tells(home)


def test_nothing_after_the_theory_pass_ends(ada: User, home: Center) -> None:
    passed = TODAY - 700 * DAY
    say(ada, theory_passed_on=passed)
    ends = last_day_of_pass(passed, years=2)
    assert [tells(home, ends), tells(home, ends + DAY)] == [True, False]
    assert tells(home, ends + DAY, test_type="theory")


def test_nothing_before_the_wait_after_a_failed_test_is_over(ada: User, home: Center) -> None:
    failed = TODAY - 2 * DAY
    say(ada, last_failed_on=failed)
    first = first_day_after_wait(failed, wait=10, nations=home.nations)
    assert [tells(home, first - DAY), tells(home, first)] == [False, True]
    assert tells(home, first - DAY, test_type="theory")


def test_nothing_once_no_change_is_left(ada: User, home: Center) -> None:
    booking = book(ada, changes_used=1)
    assert tells(home)
    Booking.objects.filter(pk=booking.pk).update(changes_used=2)
    assert not tells(home, time="09:00")
    assert tells(home, test_type="theory")


@pytest.mark.parametrize(("test_type", "notice"), [("practical", 10), ("theory", 3)])
@pytest.mark.parametrize("postcode", ["IG3 9UZ", "EH1 1AA", None])
def test_nothing_once_the_booked_test_can_not_be_changed(
    ada: User, home: Center, test_type: str, notice: int, postcode: str | None
) -> None:
    """Soon enough to be taken before it; the day before, the same would still have been told."""
    booked_at = make_center(postcode=postcode) if postcode else None
    day = next(day for day in later(TODAY) if last_day(day, notice, booked_at) == TODAY)
    book(ada, date=day, center=booked_at, test_type=test_type)
    slot = {"day": TODAY + DAY, "test_type": test_type}
    assert tells(home, **slot)
    assert not tells(home, **slot, time="09:00", now=NOW + DAY / 2)


def later(day: date):
    return (day + DAY * n for n in range(1, 60))


def last_day(day: date, notice: int, center: Center | None) -> date:
    nations = center.nations if center else frozenset(make_center(postcode="?").nations)
    return last_day_to_change(day, notice=notice, nations=nations)


def test_a_test_moves_only_to_the_listed_centres_or_back_to_the_first(
    ada: User, home: Center
) -> None:
    first, near, far = make_center(), make_center(), make_center()
    book(ada, center=home, first_center=first)
    assert all(map(tells, [home, first, near, far]))
    list_nearest(home, near)
    again = {"time": "09:00"}
    assert [tells(each, **again) for each in (home, first, near, far)] == [True, True, True, False]
    assert tells(far, test_type="theory")


def test_as_many_of_the_listed_centres_count_as_the_rule_says(ada: User, home: Center) -> None:
    others = [make_center() for _ in range(4)]
    book(ada, center=home)
    list_nearest(home, *others)
    assert [tells(each) for each in others] == [True, True, True, False]


def test_a_list_of_another_centre_restricts_nothing(ada: User, home: Center) -> None:
    book(ada, center=home)
    other = make_center()
    list_nearest(other, make_center())
    assert tells(make_center())


def test_only_tests_before_the_booked_one(ada: User, home: Center, search: SavedSearch) -> None:
    book(ada, date=SOON)
    assert [tells(home, SOON - DAY), tells(home, SOON)] == [True, False]
    SavedSearch.objects.filter(pk=search.pk).update(min_days_earlier=3)
    assert [tells(home, SOON - 2 * DAY), tells(home, SOON - 3 * DAY)] == [False, True]
    assert tells(home, SOON + DAY, test_type="theory")


def test_the_booking_says_when_the_test_is_rather_than_the_search(
    ada: User, home: Center, search: SavedSearch
) -> None:
    SavedSearch.objects.filter(pk=search.pk).update(current_test_date=SOON)
    assert not tells(home, SOON)
    booking = book(ada, date=SOON + 7 * DAY)
    assert tells(home, SOON, time="09:00")
    Booking.objects.filter(pk=booking.pk).update(date=None)
    assert not tells(home, SOON, time="10:00")


def test_a_booking_whose_day_has_passed_restricts_nothing(ada: User, home: Center) -> None:
    elsewhere = make_center()
    list_nearest(elsewhere, make_center())
    book(ada, date=TODAY - DAY, changes_used=2, center=elsewhere)
    assert tells(home)


def test_a_search_whose_filter_is_off_tells_of_what_can_not_be_taken(
    ada: User, home: Center, search: SavedSearch
) -> None:
    say(ada, theory_passed_on=TODAY - 800 * DAY, last_failed_on=TODAY - DAY)
    elsewhere = make_center()
    list_nearest(elsewhere, make_center())
    book(ada, date=TODAY + 5 * DAY, changes_used=2, center=elsewhere)
    assert not tells(home, TODAY + DAY)
    SavedSearch.objects.filter(pk=search.pk).update(only_bookable=False)
    assert tells(home, TODAY + DAY, time="09:00")
    assert not tells(home, TODAY + 5 * DAY)


def test_a_rule_that_is_lifted_or_was_never_entered_restricts_nothing(
    ada: User, home: Center
) -> None:
    say(ada, theory_passed_on=TODAY - 800 * DAY, last_failed_on=TODAY - DAY)
    elsewhere = make_center()
    list_nearest(elsewhere, make_center())
    book(ada, date=TODAY + 5 * DAY, changes_used=2, center=elsewhere)
    Rule.objects.filter(key__in=["theory_pass", "retake_wait"]).delete()
    for key in ("changes", "nearest_centers", "notice_practical"):
        enter(key, TODAY, holds=False)
    assert tells(home, TODAY + DAY)


def enter(key: str, since: date, value: int | None = None, *, holds: bool = True) -> None:
    Rule.objects.create(
        key=key, since=since, value=value, holds=holds, source="GOV.UK", certainty="high"
    )


def test_a_changed_rule_counts_from_midnight_in_london(ada: User, home: Center) -> None:
    """In summer London's midnight is an hour before UTC's."""
    june = date(TODAY.year, 6, 14)
    midnight = NOW.replace(month=6, day=13, hour=23)
    book(ada, changes_used=2)
    enter("changes", june, 3)
    assert not tells(home, june + 40 * DAY, now=midnight - timedelta(minutes=1))
    assert tells(home, june + 40 * DAY, time="09:00", now=midnight)


def test_what_would_have_been_told_counts_by_the_day_of_each_opening(
    ada: User, home: Center, search: SavedSearch
) -> None:
    """No change was allowed until yesterday; who is not known is asked nothing."""
    from django.utils import timezone

    now = timezone.now()
    today = timezone.localdate(now)
    for hours in (1, 30, 54):
        slot = make_slot(home, date=today + 28 * DAY, time=f"{8 + hours % 10:02}:00")
        make_opening(slot, recorded_at=now - timedelta(hours=hours))
    book(ada, changes_used=1)
    enter("changes", today - 30 * DAY, 1)
    enter("changes", timezone.localdate(now - timedelta(hours=30)), 2)
    since = now - 7 * DAY
    assert openings_fitting(search, since=since) == 3
    assert openings_fitting(search, since=since, learner=read_learner(ada, today=today)) == 2
