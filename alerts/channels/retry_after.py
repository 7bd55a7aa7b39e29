"""Retry-After: for how long someone who answered wants to be left alone (RFC 9110, 10.2.3)."""

from email.message import Message
from email.utils import formatdate, parsedate_to_datetime

from accounts.outbound.https import Answer

DEFAULT_PAUSE, LONGEST_PAUSE = 60.0, 24 * 3600.0


def seconds_to_wait(answer: Answer) -> float:
    """Seconds of Retry-After: a number, or a date that is set against the answer's own.

    Without a date of the answer's, against our clock; a minute where it is neither.
    """
    text = answer.headers.get("Retry-After", "")
    try:
        seconds = float(text) if text.isdigit() else _seconds_between(answer.headers, text)
    except (TypeError, ValueError):
        seconds = DEFAULT_PAUSE
    return min(max(seconds, 1.0), LONGEST_PAUSE)


def _seconds_between(headers: Message, until: str) -> float:
    since = headers["Date"] or formatdate(usegmt=True)
    return (parsedate_to_datetime(until) - parsedate_to_datetime(since)).total_seconds()
