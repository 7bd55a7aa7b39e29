"""A booked test and its deadlines as a calendar file (RFC 5545), for a learner's own calendar."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Alarm, Calendar, Event, vDuration

from accounts.bookings import BookingFacts
from accounts.official import OFFICIAL

LONDON = ZoneInfo("Europe/London")
# Nine in the morning of the day before a day without a time.
REMIND = timedelta(hours=-15)
CHECK = "Worked out by {} from what you told us. Check on {} before you decide."


def calendar_of(facts: BookingFacts, *, theory_ends: date | None, now: datetime) -> bytes:
    """The test, the last day to change it and the end of the theory pass, as far as known.

    A booking that says its day; a test without a time, and each deadline, takes a whole day.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in _events(facts, theory_ends):
        event.add("dtstamp", now.astimezone(UTC))
        calendar.add_component(event)
    return calendar.to_ical()


def _events(facts: BookingFacts, theory_ends: date | None) -> Iterable[Event]:
    booking, kind = facts.booking, facts.booking.test_type
    if booking.date:
        yield _test(facts, booking.date)
    if facts.last_day:
        text = f"Last day to change your {kind} test without losing the fee"
        yield _deadline(facts, "last-day", text, facts.last_day)
    if theory_ends:
        yield _deadline(facts, "theory", "Your theory test pass ends", theory_ends)


def _test(facts: BookingFacts, day: date) -> Event:
    booking = facts.booking
    event = _event(facts, "test", f"Your {booking.test_type} driving test")
    if booking.time:
        event.add("dtstart", datetime.combine(day, booking.time, LONDON).astimezone(UTC))
    else:
        event.add("dtstart", day)
    if center := booking.center:
        where = (center.name, center.address, center.town, center.postcode)
        event.add("location", ", ".join(filter(None, where)))
    return event


def _deadline(facts: BookingFacts, name: str, summary: str, day: date) -> Event:
    event = _event(facts, name, summary)
    event.add("dtstart", day)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm["trigger"] = vDuration(REMIND)
    event.add_component(alarm)
    return event


def _event(facts: BookingFacts, name: str, summary: str) -> Event:
    """With a name that stays, so that a newer file replaces what an older one put there."""
    page = OFFICIAL[facts.booking.test_type].change
    event = Event()
    event.add("uid", f"{name}-{facts.booking.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("summary", summary)
    event.add("description", CHECK.format(settings.SITE_NAME, page))
    return event
