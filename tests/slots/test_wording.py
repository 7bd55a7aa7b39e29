"""Days and times in a learner's words."""

from datetime import UTC, date, datetime, time, timedelta

from slots.wording import clock, day, day_of_month


def test_any_day_reads_as_the_calendar_has_it():
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(366)]
    assert [day(each) for each in days] == [f"{each:%A} {each.day} {each:%B %Y}" for each in days]


def test_a_day_without_its_year_is_said_without_its_weekday():
    assert day_of_month(date(2027, 3, 1)) == "1 March"


def test_a_time_has_two_digits_for_hours_and_minutes():
    assert clock(time(8, 5)) == "08:05"
    assert clock(datetime(2027, 3, 1, 23, 59, 59, tzinfo=UTC)) == "23:59"
