"""Dates and times as people in Britain write them in lists: the day before the month."""

import re
from datetime import date, datetime, time
from functools import lru_cache

_DATES = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d/%m/%y",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d-%m-%Y",
    "%d-%m-%y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%B-%Y",
    "%d-%b-%Y",
    "%d %b %y",
    "%d-%b-%y",
)
_ORDINAL = re.compile(r"(\d)(?:st|nd|rd|th)\b", re.ASCII | re.IGNORECASE)
_WEEKDAY = re.compile(
    r"((?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)\b[,.]? *"
)
_TIME = re.compile(r"(\d\d?)(?:[.:](\d\d))?(?:[.:](\d\d))?(?: ?([ap])\.?m\.?)?", re.ASCII)
NOON = 12


class NotADate(ValueError):
    """Not a date that can be understood in one way only."""


class NotATime(ValueError):
    """Not a time of day that can be understood in one way only."""


@lru_cache(maxsize=4096)
def read_date(text: str) -> date:
    """The day that "08/03/2027", "8 March 2027", "Mon 8th Mar 27" or "2027-03-08" names.

    A year of two digits is of 1969 to 2068. Raises NotADate, also for a weekday that it isn't.
    """
    plain = " ".join(_ORDINAL.sub(r"\1", text).lower().split())
    weekday = _WEEKDAY.match(plain)
    rest = plain[weekday.end() :] if weekday else plain
    day = _calendar_day(re.sub(r"\bsept\b", "sep", rest).replace(",", ""))
    if day is None or (weekday and not f"{day:%A}".lower().startswith(weekday[1][:3])):
        raise NotADate(text)
    return day


def _calendar_day(text: str) -> date | None:
    for form in _DATES:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
        return day
    return None


@lru_cache(maxsize=4096)
def read_time(text: str) -> time:
    """The time that "8.10", "8:10", "08:10:00", "8.10am" or "1 pm" names.

    Raises NotATime, also for "8.1", which a spreadsheet makes of 8.10 and may be 8.01.
    """
    parts = _TIME.fullmatch(" ".join(text.lower().split()))
    if parts is None or not (parts[2] or parts[4]):
        raise NotATime(text)
    hour, minute, second = int(parts[1]), int(parts[2] or 0), int(parts[3] or 0)
    if parts[4] and not 1 <= hour <= NOON:
        raise NotATime(text)
    try:
        return time(_of_day(hour, parts[4]), minute, second)
    except ValueError as error:
        raise NotATime(text) from error


def _of_day(hour: int, half: str | None) -> int:
    """The hour of 24, of which "a" and "p" name the halves; 12 is the first of each."""
    if half is None:
        return hour
    return hour % NOON + (NOON if half == "p" else 0)
