"""Times, distances and the windows of a search in a learner's words."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import TypeVar

from audit.text import counted
from slots.querysets import LONDON

Moment = TypeVar("Moment", date, time)

MINUTE = 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = tuple(f"{weekday}s" for weekday in WEEKDAYS)
ALL_DAYS = len(DAYS)
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DATES = ("from {} to {}", "from {}", "until {}")
TIMES = ("starting between {} and {}", "starting at {} or later", "starting by {}")
UNITS = ((86_400, "day"), (3600, "hour"), (MINUTE, "minute"))


def ago(moment: datetime, now: datetime) -> str:
    """How long before `now` a moment was (both aware), in its largest unit."""
    seconds = int((now - moment).total_seconds())
    if seconds < MINUTE:
        return "just now"
    return next(f"{counted(seconds // size, word)} ago" for size, word in UNITS if seconds >= size)


def opened(opened_at: datetime | None, first_seen_at: datetime | None, now: datetime) -> str:
    """How long ago a slot opened, or since when it is known to be open; "" where neither is."""
    if opened_at is not None:
        return f"opened {ago(opened_at, now)}"
    return f"open when first seen at {at(first_seen_at)}" if first_seen_at else ""


def at(moment: datetime) -> str:
    """`09:12, 30 November`: a moment (aware) in London."""
    local = moment.astimezone(LONDON)
    return f"{clock(local)}, {day_of_month(local)}"


def last_seen(moment: datetime) -> str:
    """`Last seen Mon 30 Nov, 09:12`: for what is read later, a moment (aware) in London."""
    local = moment.astimezone(LONDON)
    return f"Last seen {brief_moment(local, local)}"


def period(watched_since: datetime | None, since: datetime, now: datetime) -> str:
    """What a look back to `since` covers: all of it, or less where nobody watched before.

    "" where nobody has watched since then; all moments are aware.
    """
    if watched_since is None:
        return ""
    if watched_since.astimezone(LONDON).date() <= since.astimezone(LONDON).date():
        return f"in the last {days((now - since).days)}"
    return f"since {day_of_month(watched_since.astimezone(LONDON))}, when we began to watch,"


def span(seconds: float) -> str:
    """A length of time (seconds) in its two largest units, rounded down."""
    left, words = int(seconds), []
    for size, word in UNITS:
        if left >= size:
            words.append(counted(left // size, word))
        left %= size
    return " ".join(words[:2]) or "less than a minute"


def away(days: int) -> str:
    """How many days lie before a date that is today or later."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def windows(
    date_from: date | None,
    date_to: date | None,
    weekdays: Sequence[int] | None,
    time_from: time | None,
    time_until: time | None,
) -> list[str]:
    """What a search asks of a slot's moment, each as a clause; all inclusive, Monday = 1."""
    clauses = (
        between_dates(date_from, date_to),
        on_weekdays(weekdays),
        between_times(time_from, time_until),
    )
    return [clause for clause in clauses if clause]


def between_dates(first: date | None, last: date | None) -> str:
    """`from Monday 1 March 2027`; "" where both ends are open."""
    return _window(DATES, first, last, day)


def between_times(first: time | None, last: time | None) -> str:
    """`starting by 12:00`; "" where both ends are open."""
    return _window(TIMES, first, last, clock)


def on_weekdays(chosen: Sequence[int] | None) -> str:
    """`on Mondays or Fridays`; "" where none or all are chosen."""
    if not chosen or len(chosen) == ALL_DAYS:
        return ""
    return f"on {listed([DAYS[number - 1] for number in sorted(chosen)], 'or')}"


def _window(
    patterns: tuple[str, str, str],
    start: Moment | None,
    end: Moment | None,
    say: Callable[[Moment], str],
) -> str:
    """By patterns for both ends, the first alone, the last alone; "" for an open window."""
    both, first, last = patterns
    if start is None:
        return "" if end is None else last.format(say(end))
    return first.format(say(start)) if end is None else both.format(say(start), say(end))


def listed(words: Sequence[str], joint: str) -> str:
    """`a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} {joint} {last}" if first else last


def miles(number: int) -> str:
    """`1 mile`, `10 miles`."""
    return counted(number, "mile")


def days(number: int) -> str:
    """`1 day`, `3 days`."""
    return counted(number, "day")


def day(value: date) -> str:
    """`Monday 1 March 2027`; a mail has many, and strftime takes ten times as long."""
    return f"{WEEKDAYS[value.weekday()]} {day_of_month(value)} {value.year}"


def brief_moment(value: date, start: time | datetime) -> str:
    """`Wed 16 Dec, 12:08`."""
    return f"{short_day(value)}, {clock(start)}"


def short_day(value: date) -> str:
    """`Wed 16 Dec`."""
    return f"{WEEKDAYS[value.weekday()][:3]} {value.day} {MONTHS[value.month - 1][:3]}"


def day_of_month(value: date) -> str:
    """`1 March`."""
    return f"{value.day} {MONTHS[value.month - 1]}"


def clock(value: time | datetime) -> str:
    """`08:10`."""
    return f"{value.hour:02}:{value.minute:02}"
