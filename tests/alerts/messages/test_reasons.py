"""A message says why it came as the search's own page does."""

from datetime import date, time, timedelta

import pytest

from accounts.models import Booking, SavedSearch
from alerts import wording
from alerts.messages.reasons import reasons
from audit.clock import database_today
from slots.wording import day
from tests.alerts.world import make_center, make_search

pytestmark = pytest.mark.django_db

WISHES = [
    {},
    {"postcode": "IG3 9UZ", "notification_radius": 1},
    {"postcode": "", "place": None},
    {"preferred_test_types": ["theory"], "notification_method": "push"},
    {"date_from": date(2027, 3, 1), "date_to": date(2027, 4, 1), "weekdays": [6, 7]},
    {"time_from": time(8, 10), "time_until": time(12)},
    {"current_test_date": date(2027, 5, 1), "min_days_earlier": 7, "min_notice_days": 3},
]


def test_many_are_read_in_one_statement_and_told_as_if_each_were_read_as_a_whole(
    django_assert_num_queries,
):
    made = [make_search(**wish) for wish in WISHES]
    with django_assert_num_queries(1):
        found = reasons([search.pk for search in made])
    expected = {
        each.pk: wording.promise(each, centers=[], booked={}).sentence
        for each in SavedSearch.objects.all()
    }
    assert {number: reason.promise for number, reason in found.items()} == expected


def test_the_booked_test_is_named_unless_it_is_over():
    today = database_today()
    search = make_search(preferred_test_types=["practical"], current_test_date=today)
    booking = Booking.objects.create(
        user=search.user, test_type="practical", date=today + timedelta(days=60)
    )
    assert day(booking.date) in reasons([search.pk])[search.pk].promise
    Booking.objects.update(date=today - timedelta(days=1))
    assert day(today) in reasons([search.pk])[search.pk].promise


def test_chosen_centres_are_named_in_the_order_they_were_chosen_in():
    search, centers = make_search(), [make_center(), make_center()]
    for center in reversed(centers):
        search.centers.add(center)
    said = f"at {centers[1].name} or {centers[0].name}"
    assert said in reasons([search.pk])[search.pk].promise


def test_where_there_are_none_nothing_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert reasons([]) == {}
