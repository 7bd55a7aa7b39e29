"""Saved searches and alerts in a learner's words."""

from collections.abc import Callable, Sequence
from datetime import date, time
from typing import TypeVar

from accounts.models import SavedSearch

Moment = TypeVar("Moment", date, time)

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
ALL_DAYS = 7
DATES = ("from {} to {}", "from {}", "until {}")
TIMES = ("starting between {} and {}", "starting at {} or later", "starting by {}")

METHODS = {
    SavedSearch.Method.EMAIL: "We e-mail you",
    SavedSearch.Method.PUSH: "We send a notification to your devices",
}


def promise(search: SavedSearch, *, centers: Sequence[str]) -> str:
    """One sentence that says what a search (stored or not) with these chosen centres alerts about.

    Windows are inclusive; dates and times are Europe/London.
    """
    where_and_when = [place(search, centers=centers), *conditions(search)]
    how = METHODS[SavedSearch.Method(search.notification_method)]
    return f"{how} the moment {kinds(search)} opens {', '.join(where_and_when)}."


def kinds(search: SavedSearch) -> str:
    """The wanted test types; all of them where none is named."""
    wanted = sorted(search.preferred_test_types or [])
    if len(wanted) == 1:
        return f"a {wanted[0]} test slot"
    return "a practical or theory test slot"


def place(search: SavedSearch, *, centers: Sequence[str]) -> str:
    """Where a search looks."""
    if centers:
        return f"at {listed(centers, 'or')}"
    where = search.postcode or ("your location" if search.location else "nowhere")
    return f"within {miles(search.notification_radius)} of {where}"


def conditions(search: SavedSearch) -> list[str]:
    """What a slot has to fulfil besides its place and type, each as a clause."""
    clauses = (
        span(DATES, search.date_from, search.date_to, day),
        _weekdays(search),
        span(TIMES, search.time_from, search.time_until, clock),
        _earlier(search),
        _notice(search),
    )
    return [clause for clause in clauses if clause]


def span(
    patterns: tuple[str, str, str],
    start: Moment | None,
    end: Moment | None,
    say: Callable[[Moment], str],
) -> str:
    """A window in words, by patterns for both ends, the first alone, the last alone; else ""."""
    both, first, last = patterns
    if start is None:
        return "" if end is None else last.format(say(end))
    return first.format(say(start)) if end is None else both.format(say(start), say(end))


def _weekdays(search: SavedSearch) -> str:
    chosen = sorted(search.weekdays or [])
    if not chosen or len(chosen) == ALL_DAYS:
        return ""
    return f"on {listed([DAYS[number - 1] for number in chosen], 'or')}"


def _earlier(search: SavedSearch) -> str:
    if not search.current_test_date:
        return ""
    ahead = days(max(search.min_days_earlier or 1, 1))
    return f"at least {ahead} before your test on {day(search.current_test_date)}"


def _notice(search: SavedSearch) -> str:
    if not search.min_notice_days:
        return ""
    return f"at least {days(search.min_notice_days)} ahead"


def title(search: SavedSearch, *, centers: Sequence[str]) -> str:
    """What a search is called: its own name, else where it looks."""
    where = place(search, centers=centers)
    return search.name or where[0].upper() + where[1:]


def listed(words: Sequence[str], joint: str) -> str:
    """`a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} {joint} {last}" if first else last


def miles(number: int) -> str:
    """`1 mile`, `10 miles`."""
    return f"{number} mile" if number == 1 else f"{number} miles"


def days(number: int) -> str:
    """`1 day`, `3 days`."""
    return f"{number} day" if number == 1 else f"{number} days"


def day(value: date) -> str:
    """`Monday 1 March 2027`."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def clock(value: time) -> str:
    """`08:10`."""
    return f"{value:%H:%M}"
