"""A booking with its deadlines, as a calendar program reads it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from icalendar import Calendar, Event

from accounts.bookings import facts_of, theory_ends
from accounts.models import Booking, User
from audit.clock import database_today
from centers.models import Center
from centers.rules import Rulebook
from slots.querysets import LONDON
from tests.people import learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return learner(theory_passed_on=database_today() - timedelta(days=100))


@pytest.fixture
def page(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def book(user: User, **fields: object) -> Booking:
    day = database_today() + timedelta(days=60)
    return Booking.objects.create(user=user, **{"test_type": "practical", "date": day} | fields)


def events(page: Client, booking: Booking) -> dict[str, Event]:
    """By what their names begin with, once read by another program."""
    response = page.get(f"/bookings/{booking.pk}.ics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    calendar = Calendar.from_ical(response.content)
    return {str(event["uid"]).rpartition("-")[0]: event for event in calendar.walk("VEVENT")}


def test_it_holds_the_test_the_last_day_to_change_it_and_the_end_of_the_theory_pass(page, ada):
    center = Center.objects.create(name="Goodmayes", postcode="IG3 9UZ", town="Ilford")
    booking = book(ada, time=time(8, 10), center=center)
    found = events(page, booking)
    rules, today = Rulebook.read(), database_today()
    start = datetime.combine(booking.date, time(8, 10), LONDON)
    assert found["test"].decoded("dtstart") == start.astimezone(UTC)
    assert str(found["test"]["location"]) == "Goodmayes, Ilford, IG3 9UZ"
    assert found["last-day"].decoded("dtstart") == facts_of(booking, rules, today).last_day
    assert found["theory"].decoded("dtstart") == theory_ends(ada, rules, today)
    assert set(found) == {"test", "last-day", "theory"}


def test_a_test_whose_time_is_not_known_takes_its_whole_day(page, ada):
    booking = book(ada)
    start = events(page, booking)["test"].decoded("dtstart")
    assert type(start) is date
    assert start == booking.date


def test_each_deadline_reminds_on_the_morning_before(page, ada):
    for name, event in events(page, book(ada)).items():
        alarms = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
        assert alarms == ([] if name == "test" else [timedelta(hours=-15)])


def test_the_theory_pass_has_no_place_in_a_theory_test(page, ada):
    assert set(events(page, book(ada, test_type="theory"))) == {"test", "last-day"}


def test_a_later_file_replaces_what_an_older_one_put_in_the_calendar(page, ada):
    booking = book(ada)
    before = {str(event["uid"]) for event in events(page, booking).values()}
    Booking.objects.filter(pk=booking.pk).update(date=booking.date + timedelta(days=7))
    assert {str(event["uid"]) for event in events(page, booking).values()} == before


def test_a_booking_that_does_not_say_its_day_has_no_file_and_no_link(page, ada):
    booking = book(ada, date=None)
    assert page.get(f"/bookings/{booking.pk}.ics").status_code == 404
    assert ".ics" not in page.get("/bookings/").content.decode()


def test_the_page_of_bookings_links_to_it(page, ada):
    assert f'href="/bookings/{book(ada).pk}.ics"' in page.get("/bookings/").content.decode()


def test_nobody_else_has_it(page, ada):
    other = learner("other@example.org")
    assert page.get(f"/bookings/{book(other).pk}.ics").status_code == 404


def test_each_kind_of_test_is_to_be_checked_on_its_own_page_of_gov_uk(page, ada):
    for kind, address in (
        ("practical", "https://www.gov.uk/change-driving-test"),
        ("theory", "https://www.gov.uk/change-theory-test"),
    ):
        said = str(events(page, book(ada, test_type=kind))["test"]["description"])
        assert address in said
