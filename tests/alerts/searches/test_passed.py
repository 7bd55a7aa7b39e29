"""A search whose windows have all passed ends itself, and one mail says so."""

from datetime import date, timedelta

import pytest

from accounts.models import Booking, SavedSearch
from alerts.models import SearchEnding
from alerts.searches.passed import end_passed_searches
from alerts.searches.saving import restart_searches, save_search
from audit.models import AuditLog
from tests.alerts.world import make_search

pytestmark = pytest.mark.django_db

# A Wednesday.
TODAY = date(2027, 3, 10)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
WEDNESDAY, FRIDAY = 3, 5


def ends(**windows) -> bool:
    """Whether a search with these windows ends today."""
    search = make_search(**windows)
    end_passed_searches(today=TODAY)
    return not SavedSearch.objects.get(pk=search.pk).is_active


def test_its_last_day_still_counts():
    assert not ends(date_to=TODAY)
    assert ends(date_to=YESTERDAY)


def test_without_a_last_day_it_goes_on():
    assert not ends()
    assert not ends(date_from=YESTERDAY, weekdays=[FRIDAY], min_notice_days=3)


@pytest.mark.parametrize(("earlier", "ended"), [(None, False), (1, False), (2, True), (14, True)])
def test_a_booked_test_ends_it_when_nothing_can_be_early_enough(earlier, ended):
    assert ends(current_test_date=TOMORROW, min_days_earlier=earlier) is ended


@pytest.mark.parametrize(
    ("wanted", "booked", "ended"),
    [
        (None, "practical", False), ([], "practical", False), (["practical"], "practical", False),
        (["practical"], "theory", True), (["practical", "theory"], "theory", False),
    ],
)  # fmt: skip
def test_a_later_test_that_its_learner_has_booked_counts_for_its_type(wanted, booked, ended):
    search = make_search(current_test_date=TODAY, preferred_test_types=wanted)
    later = TODAY + timedelta(days=60)
    Booking.objects.create(user=search.user, test_type=booked, date=later)
    end_passed_searches(today=TODAY)
    assert SavedSearch.objects.get(pk=search.pk).is_active is not ended


def test_a_booking_that_is_over_or_earlier_ends_no_search_sooner_or_later():
    search = make_search(current_test_date=TOMORROW)
    Booking.objects.create(user=search.user, test_type="practical", date=TODAY)
    Booking.objects.create(user=search.user, test_type="theory", date=YESTERDAY)
    assert end_passed_searches(today=TODAY) == 0
    assert end_passed_searches(today=TOMORROW) == 1


def test_a_booking_alone_ends_no_search():
    search = make_search()
    Booking.objects.create(user=search.user, test_type="practical", date=TODAY)
    assert end_passed_searches(today=TOMORROW) == 0


def test_the_first_of_two_ends_counts():
    assert ends(date_to=YESTERDAY, current_test_date=TODAY + timedelta(days=90))
    assert ends(date_to=TODAY + timedelta(days=90), current_test_date=TODAY)


def test_the_last_wanted_weekday_within_its_dates_counts():
    assert ends(date_to=TOMORROW, weekdays=[FRIDAY])
    assert not ends(date_to=TOMORROW, weekdays=[FRIDAY, WEDNESDAY])
    assert not ends(date_to=TOMORROW, weekdays=[])


def test_the_notice_that_is_needed_counts():
    assert not ends(date_to=TOMORROW, min_notice_days=1)
    assert ends(date_to=TOMORROW, min_notice_days=2)


def test_a_paused_search_ends_too():
    assert ends(date_to=YESTERDAY, paused_until="2027-12-01T00:00Z")


def test_each_search_asks_for_one_mail_and_the_log_says_that_it_ended():
    searches = [make_search(date_to=YESTERDAY) for _ in range(3)]
    make_search(date_to=YESTERDAY, is_active=False)
    assert end_passed_searches(today=TODAY) == 3
    assert end_passed_searches(today=TODAY) == 0
    assert set(SearchEnding.objects.values_list("search", flat=True)) == {
        search.pk for search in searches
    }
    assert AuditLog.objects.filter(action="search.ended").count() == 3


def test_more_searches_than_one_lot_all_end(monkeypatch):
    monkeypatch.setattr("alerts.searches.passed.LOT", 2)
    for _ in range(5):
        make_search(date_to=YESTERDAY)
    assert end_passed_searches(today=TODAY) == 5


def test_started_again_with_windows_that_have_passed_it_ends_without_a_second_mail():
    search = make_search(date_to=YESTERDAY)
    end_passed_searches(today=TODAY)
    restart_searches(user=search.user, ids=[search.pk], actor=search.user)
    assert end_passed_searches(today=TODAY) == 1
    assert SearchEnding.objects.count() == 1


def test_a_changed_search_looks_again_and_its_next_end_is_told_of():
    search = make_search(date_to=YESTERDAY)
    end_passed_searches(today=TODAY)
    wish = SavedSearch(
        notification_radius=10, notification_method="email", location=search.location,
        date_to=TOMORROW,
    )  # fmt: skip
    assert save_search(user=search.user, wish=wish, centers=[], search=search).is_active
    assert end_passed_searches(today=TODAY) == 0
    assert end_passed_searches(today=TODAY + timedelta(days=2)) == 1
    assert SearchEnding.objects.count() == 2
